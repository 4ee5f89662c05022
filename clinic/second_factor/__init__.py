"""With what does a member of staff prove who they are, besides the password?"""
