export { port } from "./node.js";
export { whyNoSandbox } from "./sandbox.js";
