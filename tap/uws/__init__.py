"""The rules of asynchronous jobs (UWS 1.1), without HTTP and database."""
