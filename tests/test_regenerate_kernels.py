"""Waiting for a kernel: as long as it takes, and no longer than was asked."""

import asyncio
from queue import Empty
from types import SimpleNamespace

import pytest

from helpers.regenerate.kernels import PromptClient, QuietKernelManager


class Channel:
    """What a client hears on a channel that is made up; None is silence."""

    def __init__(self, *messages):
        self.messages = list(messages)

    async def get_msg(self, timeout):
        message = self.messages.pop(0) if self.messages else None
        if message is None:
            raise Empty
        return message


def waited(shell, iopub, alive=True, timeout=None):
    """Wait with what is made up; return how often it asked, and what it took for the answer."""
    asked, answers = [], []

    async def is_alive():
        return alive

    client = SimpleNamespace(
        kernel_info=lambda: asked.append(1),
        shell_channel=shell,
        iopub_channel=iopub,
        is_alive=is_alive,
        _handle_kernel_info_reply=answers.append,
    )
    asyncio.run(PromptClient.wait_for_ready(client, timeout))
    return len(asked), answers


def test_one_answer_that_is_announced_is_enough():
    assert waited(Channel("info"), Channel("busy")) == (1, ["info"])


def test_it_asks_again_until_it_hears_the_answer_being_announced():
    assert waited(Channel(None, "first", "second"), Channel(None, "busy")) == (3, ["second"])


@pytest.mark.parametrize(
    ("alive", "timeout", "message"),
    [(False, None, "died before it answered"), (True, 0, "did not answer in 0 seconds")],
)
def test_it_gives_up(alive, timeout, message):
    with pytest.raises(RuntimeError, match=message):
        waited(Channel(), Channel(), alive, timeout)


def test_our_kernels_are_talked_to_by_it():
    assert isinstance(QuietKernelManager().client(), PromptClient)
