-- Runs on a cluster, before job.sql: whether its executors reach Cassandra is known now, and not after the long work on the logs.
SELECT count(*) FROM cass.sparkify.song_by_session_item WHERE session_id = -1;
