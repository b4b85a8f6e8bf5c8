// Everything that a cell may call.

export * from "./check/check";
export * from "./check/expected";
export * from "./cluster/connect";
export { contactPointsFromEnvironment } from "./cluster/contactPoints";
export * from "./compare/compare";
export * from "./load/batches";
export * from "./load/insert";
export * from "./load/load";
export * from "./load/window";
export * from "./logs/csv";
export * from "./logs/denormalize";
export * from "./logs/eventLog";
export * from "./logs/events";
export * from "./logs/rejected";
export * from "./logs/repairText";
export * from "./progress";
export * from "./project";
export * from "./show/diagram";
export * from "./show/show";
