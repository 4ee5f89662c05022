-- The three roles and the database, on a server that has neither. Run once by the superuser, with the passwords in the
-- environment. The owner migrates; the application reads and writes what it was granted; the third only reads, for backups.
\set ON_ERROR_STOP on
\getenv owner_password STEPWELL_OWNER_PASSWORD
\getenv app_password STEPWELL_APP_PASSWORD
\getenv backup_password STEPWELL_BACKUP_PASSWORD
CREATE ROLE stepwell_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE stepwell_app LOGIN PASSWORD :'app_password';
CREATE ROLE stepwell_backup LOGIN PASSWORD :'backup_password' IN ROLE pg_read_all_data;
CREATE DATABASE stepwell OWNER stepwell_owner;
