"""Where does the database live when nobody has set one up? A private PostgreSQL in the data folder."""

from clinic.kit.local_postgres.cluster import Cluster, default_data_dir, embedded_urls
from clinic.kit.local_postgres.errors import LocalPostgresError

__all__ = ["Cluster", "LocalPostgresError", "default_data_dir", "embedded_urls"]
