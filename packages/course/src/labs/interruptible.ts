// Long work in a cell, which the kernel's interrupt ends.

/** Does `work`. An interrupt of the kernel (SIGINT) aborts the signal that it gets. */
export async function interruptible<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  process.once("SIGINT", abort);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", abort);
  }
}
