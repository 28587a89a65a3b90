"""One side of a measurement: named tasks, asked for by JSON lines on stdin, answered with CPU time and result on stdout."""

import json
import sys
import time


def serve(tasks):
    for line in sys.stdin:
        asked = json.loads(line)
        task, argument, repeat = tasks[asked["task"]], asked.get("argument"), asked["repeat"]
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(repeat):
            result = task(argument)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        answer = {"cpuMs": cpu * 1000 / repeat, "wallMs": wall * 1000 / repeat, "result": result}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
