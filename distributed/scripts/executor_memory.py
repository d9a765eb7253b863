"""executor_memory.py PROGRAM TABLE [OPTION ...]: what two executors of two tasks each hold at most, by step and in all, while PROGRAM
(mislabel-worker) searches the Parquet files of TABLE, sorted by label. Further options go to the executors. Linux only."""

import re
import subprocess
import sys
import tempfile
import threading
import time

worker, table, options = sys.argv[1], sys.argv[2], sys.argv[3:]
with tempfile.TemporaryDirectory() as folder:
    scheduler = subprocess.Popen([worker, "scheduler", "--bind", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    address = scheduler.stdout.readline().strip().removeprefix("scheduler: ")
    host = address.removeprefix("ballista://")
    command = [worker, "executor", "--scheduler", host, "--cores", "2", *options, "--work-dir"]
    executors = [subprocess.Popen([*command, f"{folder}/executor-{i}"]) for i in range(2)]
    time.sleep(3)
    detect = [worker, "detect", "--table", table, "--method", "rer", "--layout", "sorted", "--engine", address, "--partitions", "8", "--work", f"{folder}/work"]
    run = subprocess.Popen(detect, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    step, most, ended = "start", {}, False

    def held(executor, what):
        with open(f"/proc/{executor.pid}/status") as status:
            return int(re.search(rf"{what}:\s+(\d+)", status.read()).group(1)) >> 10

    def watch():
        while not ended:
            now = max(held(executor, "VmRSS") for executor in executors)
            most[step] = max(most.get(step, 0), now)
            time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for line in run.stderr:
        if line.endswith(" ...\n"):
            step = line.removesuffix(" ...\n")
    status = run.wait()
    ended = True
    watcher.join()
    peaks = [held(executor, "VmHWM") for executor in executors]
    for process in [*executors, scheduler]:
        process.kill()
        process.wait()
for step, mebibytes in most.items():
    print(f"{step:<20}{mebibytes:>6} MiB")
print("most in each executor:", ", ".join(f"{peak} MiB" for peak in peaks))
sys.exit(status)
