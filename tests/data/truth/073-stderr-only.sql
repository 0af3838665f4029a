pg_dump: error: connection to server at "db" failed: FATAL:  password authentication failed
