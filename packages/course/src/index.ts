export { type Drawing, showTableDiagram, tableDiagram } from "./diagrams/table-diagram.js";
export { checkExercise, showPoints, showRawRows } from "./exercises/check-exercise.js";
export { generatedEvents, labFiles, labRows } from "./labs/generated-events.js";
export { showPartitions } from "./labs/partitions.js";
export { readPages, sumOf, timeReading } from "./labs/readings.js";
export { runSpark, sparkSql } from "./labs/spark-job.js";
export { startThreeNodes } from "./labs/three-nodes.js";
export { replicasOf, showTokenRing } from "./labs/token-ring.js";
export { observeWay, showWays, waysPlot } from "./labs/ways.js";
