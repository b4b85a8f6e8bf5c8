/** For each option of each command: an argument that is right. */
export const examples: Record<string, string[]> = {
  run: ["--labs", "--lab=growth", "--own=x", "--cell-timeout=5"],
  lab: ["--no-browser"],
  load: [
    "--dry-run",
    "--from=2018-11-02",
    "--to=2018-11-03",
    "--tables=a,b",
    "--max-errors=0",
    "--concurrency=8",
    "--skip-files",
    "--resume",
  ],
  verify: ["--tables=a,b"],
  spark: ["--date=2018-11-08", "--max-errors=7", "--skip-files", "--no-verify"],
  grade: ["--jobs=3", "--timeout=5", "--cell-timeout=6", "--keep", "--resume", "--rubric=r", "--out=o"],
  bench: ["--quick", "--job=load", "--rows=5", "--rounds=2", "--contenders=sparkify"],
  generate: ["--plays=5", "--to=x"],
  notebooks: ["--labs", "--notebooks=x"],
};
