// Everything that a cell may call.

export * from "./check";
export * from "./compare";
export * from "./connect";
export * from "./csv";
export { contactPointsFromEnvironment } from "./contactPoints";
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
