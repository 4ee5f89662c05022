"""Where does the database live when nobody has set one up? A private PostgreSQL in the data folder."""

from clinic.kit.local_postgres.binaries import client_program, major_of
from clinic.kit.local_postgres.cluster import EMBEDDED_NAME, Cluster, default_data_dir, embedded_urls
from clinic.kit.local_postgres.errors import LocalPostgresError

__all__ = [
    "EMBEDDED_NAME",
    "Cluster",
    "LocalPostgresError",
    "client_program",
    "default_data_dir",
    "embedded_urls",
    "major_of",
]
