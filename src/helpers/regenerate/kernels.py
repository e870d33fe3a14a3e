"""The kernels that execute notebooks: this environment's, and no other's. Takes long to import."""

import asyncio
import contextlib
import math
import time
from collections.abc import Callable
from queue import Empty
from typing import Any

import zmq
from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import Type, default

PATIENCE = 10
# With another one in the environment (containers set Agg) figures would not be stored.
ENVIRONMENT = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}


class ThisEnvironment(KernelSpecManager):
    """Finds one kernel, the running interpreter's.

    Jupyter looks kernels up by name in folders of the user, of JUPYTER_PATH and of
    the machine, and a ``python3`` found there may belong to any environment.
    """

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002
        """Start ``sys.executable``, whatever name the notebook says."""
        return KernelSpec(resource_dir=str(RESOURCES), env=ENVIRONMENT, **get_kernel_dict())


class BoundedChannel(AsyncZMQSocketChannel):
    """Counts what it receives before it is decoded, which holds up all threads of a process."""

    hear: Callable[[int], bool] = staticmethod(lambda _: True)

    async def _recv(self, **options: Any) -> dict[str, Any]:  # type: ignore[override]
        assert self.socket is not None
        frames = await self.socket.recv_multipart(**options)
        _, parts = self.session.feed_identities(frames)
        # Signature, header, parent and metadata come first, then what was said.
        if self.hear(sum(map(len, parts[4:]))):
            return self.session.deserialize(parts)
        # The kernel is being killed: who waits for it finds out within a second.
        await asyncio.sleep(PATIENCE)
        raise RuntimeError("the kernel said too much")


class PromptClient(AsyncKernelClient):
    """Begins as soon as a kernel answers.

    Jupyter's own goes on listening for a fifth of a second, lest it take for its own
    what others have asked the kernel. Here nobody else talks to it.
    """

    iopub_channel_class = Type(BoundedChannel)
    shell_channel_class = Type(BoundedChannel)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and is heard; RuntimeError if it dies or is too slow."""
        end = time.monotonic() + (math.inf if timeout is None else timeout)
        while True:
            self.kernel_info()
            with contextlib.suppress(Empty):
                answer = await self.shell_channel.get_msg(timeout=1)
                # Silence means that the channel of outputs is not connected yet.
                await self.iopub_channel.get_msg(timeout=0.2)
                self._handle_kernel_info_reply(answer)
                return
            if not await self.is_alive():
                raise RuntimeError("the kernel died before it answered")
            if time.monotonic() > end:
                raise RuntimeError(f"the kernel did not answer in {timeout:g} seconds")


class QuietKernelManager(AsyncKernelManager):
    """Starts kernels of this environment, encrypted: ipykernel warns of every one that is not."""

    @default("client_factory")
    def _client(self) -> type[AsyncKernelClient]:
        return PromptClient

    @default("kernel_spec_manager")
    def _this_environment(self) -> KernelSpecManager:
        return ThisEnvironment(parent=self)

    @default("transport_encryption")
    def _encryption(self) -> str:
        return "auto" if zmq.has("curve") else "disabled"

    async def _async_interrupt_kernel(self) -> None:
        # Jupyter interrupts every kernel before it asks it to end. One that has done all
        # its cells has nothing to stop, and now and then prints that it was interrupted.
        if not self.shutting_down:
            await super()._async_interrupt_kernel()
