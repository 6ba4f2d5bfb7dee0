"""Run by the Python of the toolkit's own environment: load a file into its database, or compute its network.

    python toolkit_worker.py load DATABASE FILE
    python toolkit_worker.py compute DATABASE WINDOW LEAST EDGES_FILE

Nothing of this repository is imported. The last line printed is JSON: seconds of the imports and of the work.
"""

import contextlib
import csv
import io
import json
import os
import sys
import time

begin, begin_cpu = time.perf_counter(), time.process_time()
from coordination_network_toolkit import compute_networks, graph, preprocess


def main() -> None:
    imported, imported_cpu = time.perf_counter(), time.process_time()
    what, database = sys.argv[1:3]
    with contextlib.redirect_stdout(io.StringIO()):
        if what == "load":
            preprocess.preprocess_csv_files(database, [sys.argv[3]])
        else:
            compute_networks.compute_co_retweet_parallel(
                database, float(sys.argv[3]), n_threads=os.cpu_count() or 1, min_edge_weight=int(sys.argv[4])
            )
    done, done_cpu = time.perf_counter(), time.process_time()
    if what == "compute":
        with open(sys.argv[5], "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["user_1", "user_2", "weight"])
            writer.writerows(row[:3] for row in graph.get_edge_rows(database, "co_retweet"))
    apart = imported_cpu - begin_cpu + time.process_time() - done_cpu  # imports, and writing the edges down for us
    print(json.dumps({"import_s": imported - begin, "work_s": done - imported, "apart_cpu_s": apart}))


if __name__ == "__main__":
    main()
