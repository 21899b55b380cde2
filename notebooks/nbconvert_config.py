"""Settings for `jupyter nbconvert --config`: waits for outputs that come late.

Deno's kernel (2.9) sends outputs and its status "idle" on two ways, and "idle" may win. Interactive front ends do not mind;
nbclient stops listening to a cell at "idle" and would lose what is still on its way. So it listens a little longer here.
"""

from queue import Empty

from nbclient.client import NotebookClient, ensure_async
from nbclient.exceptions import CellExecutionComplete

SECONDS_AFTER_IDLE = 1.0

if not hasattr(NotebookClient, "_async_poll_output_msg"):
    raise RuntimeError("this version of nbclient polls outputs in another way; adapt notebooks/nbconvert_config.py")


async def poll_until_quiet(self, parent_msg_id, cell, cell_index):
    idle = False
    while True:
        timeout = SECONDS_AFTER_IDLE if idle else None
        try:
            message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=timeout))
        except Empty:
            return
        if message["parent_header"].get("msg_id") != parent_msg_id:
            continue
        try:
            self.process_message(message, cell, cell_index)
        except CellExecutionComplete:
            idle = True


NotebookClient._async_poll_output_msg = poll_until_quiet
c = get_config()  # noqa: F821, nbconvert defines it
c.ExecutePreprocessor.record_timing = False
c.ExecutePreprocessor.timeout = 300
