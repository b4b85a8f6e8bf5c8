// What a batch may hold.

/**
 * Limits of a batch. Cassandra warns of batches over several partitions when they are larger than 5 KiB
 * (batch_size_warn_threshold) or have more than ten partitions (unlogged_batch_across_partitions_warn_threshold).
 */
export const batchLimits = { rows: 30, partitions: 10, bytes: 4600 };

/**
 * What a row takes beside its values, as Cassandra counts: timestamp, time-to-live and deletion time of each cell outside
 * the key, and the row's own (Cell.dataSize and LivenessInfo.dataSize in Cassandra 5.0).
 * @param cells how many values it has outside the key
 */
export const bytesBesideValues = (cells: number) => 16 * cells + 20;
