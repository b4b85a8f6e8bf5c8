// Everything that a cell may call.

export * from "./batches";
export * from "./check";
export * from "./compare";
export * from "./connect";
export { contactPointsFromEnvironment } from "./contactPoints";
export * from "./csv";
export * from "./denormalize";
export * from "./diagram";
export * from "./eventLog";
export * from "./events";
export * from "./expected";
export * from "./insert";
export * from "./load";
export * from "./progress";
export * from "./project";
export * from "./rejected";
export * from "./repairText";
export * from "./show";
export * from "./window";
