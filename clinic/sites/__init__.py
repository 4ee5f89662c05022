"""Where does the clinic work?"""
