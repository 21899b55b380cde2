"""
Green contexts: a stream that keeps to some of a card's multiprocessors, by the CUDA driver itself, since PyTorch knows them
only in its newest versions.

See the CUDA driver API, "Green Contexts" (CUDA 12.4 or newer).
"""

import ctypes
import os

from .errors import InputProblem, WorkerError

driver_variable = "PARTITUNE_CUDA_DRIVER"
_usual_driver = "libcuda.so.1"

_SUCCESS = 0
_ERROR_INVALID_RESOURCE_CONFIGURATION = 915
_RESOURCE_TYPE_SM = 1
_GREEN_CTX_DEFAULT_STREAM = 1
_STREAM_NON_BLOCKING = 1


class DeviceResource(ctypes.Structure):
    """
    `CUdevResource` of cuda.h: 92 bytes of padding after the type, then 48 of which the first of a resource of multiprocessors
    is how many it has. From CUDA 13.1 the last eight are a pointer, which is null for a single resource.
    """

    _fields_ = [
        ("type", ctypes.c_int),
        ("_internal_padding", ctypes.c_ubyte * 92),
        ("sm_count", ctypes.c_uint),
        ("_rest", ctypes.c_ubyte * 44),
    ]


class GreenContext:
    """A green context and its stream. It lasts until the process ends."""

    def __init__(self, multiprocessors, stream):
        # How many it got: those asked for, rounded up to what the architecture can cut.
        self.multiprocessors = multiprocessors
        # The driver's handle, an integer.
        self.stream = stream


def make_green_context(asked, ordinal=0):
    """
    A green context of at least `asked` multiprocessors of a card, and a stream in it. The card's primary context should be
    in use already, since the green one shares its memory.
    """
    if asked != int(asked) or asked < 1:
        raise WorkerError("failed", f"{asked} is no number of multiprocessors; give a whole number from 1 on")
    driver = _Driver()
    device = ctypes.c_int()
    driver.call("cuInit", ctypes.c_uint(0))
    driver.call("cuDeviceGet", ctypes.byref(device), ctypes.c_int(ordinal))
    whole = DeviceResource()
    driver.call("cuDeviceGetDevResource", device, ctypes.byref(whole), ctypes.c_int(_RESOURCE_TYPE_SM))
    piece = _cut(driver, whole, int(asked))
    description, context = ctypes.c_void_p(), ctypes.c_void_p()
    driver.call("cuDevResourceGenerateDesc", ctypes.byref(description), ctypes.byref(piece), ctypes.c_uint(1))
    driver.call("cuGreenCtxCreate", ctypes.byref(context), description, device, ctypes.c_uint(_GREEN_CTX_DEFAULT_STREAM))
    got = DeviceResource()
    driver.call("cuGreenCtxGetDevResource", context, ctypes.byref(got), ctypes.c_int(_RESOURCE_TYPE_SM))
    if got.sm_count < asked:
        raise WorkerError("failed", f"the green context has {got.sm_count} multiprocessors, fewer than the {int(asked)} asked for")
    return GreenContext(got.sm_count, _make_stream(driver, context))


def _make_stream(driver, context):
    """Drivers of CUDA 12.4 make streams only in the current context, which a green one can be for as long."""
    stream = ctypes.c_void_p()
    if driver.has("cuGreenCtxStreamCreate"):
        flags, priority = ctypes.c_uint(_STREAM_NON_BLOCKING), ctypes.c_int(0)
        driver.call("cuGreenCtxStreamCreate", ctypes.byref(stream), context, flags, priority)
        return stream.value
    plain, popped = ctypes.c_void_p(), ctypes.c_void_p()
    driver.call("cuCtxFromGreenCtx", ctypes.byref(plain), context)
    driver.call("cuCtxPushCurrent_v2", plain)
    try:
        driver.call("cuStreamCreate", ctypes.byref(stream), ctypes.c_uint(_STREAM_NON_BLOCKING))
    finally:
        driver.call("cuCtxPopCurrent_v2", ctypes.byref(popped))
    return stream.value


def _cut(driver, whole, asked):
    """
    A piece of at least so many multiprocessors. The driver rounds up to what the architecture can cut (8 on Hopper), and fails
    where that is more than there are: then the piece is all of them.
    """
    if asked > whole.sm_count:
        raise InputProblem(
            f"a green context of {asked} multiprocessors", f"does not fit: the card has {whole.sm_count}", "ask for fewer",
        )
    if asked == whole.sm_count:
        return whole
    piece, groups = DeviceResource(), ctypes.c_uint(1)
    status = driver.status(
        "cuDevSmResourceSplitByCount",
        ctypes.byref(piece), ctypes.byref(groups), ctypes.byref(whole), None, ctypes.c_uint(0), ctypes.c_uint(asked),
    )
    if status == _ERROR_INVALID_RESOURCE_CONFIGURATION or (status == _SUCCESS and groups.value == 0):
        return whole
    driver.check("cuDevSmResourceSplitByCount", status)
    return piece


class _Driver:
    """The CUDA driver's library."""

    def __init__(self):
        path = os.environ.get(driver_variable, _usual_driver)
        try:
            self._library = ctypes.CDLL(path)
        except OSError as error:
            raise InputProblem(
                f'the CUDA driver "{path}"', f"cannot be loaded ({error})", "install the NVIDIA driver",
            ) from None

    def has(self, name):
        return hasattr(self._library, name)

    def call(self, name, *arguments):
        self.check(name, self.status(name, *arguments))

    def status(self, name, *arguments):
        try:
            function = getattr(self._library, name)
        except AttributeError:
            raise InputProblem(
                "green contexts", f"need a driver of CUDA 12.4 or newer: this one, {self._version()}, has no {name}",
                "update the driver, or partition by MPS",
            ) from None
        function.restype = ctypes.c_int
        return function(*arguments)

    def check(self, name, status):
        if status == _SUCCESS:
            return
        code = "out-of-memory" if status == 2 else "failed"
        raise WorkerError(code, f"{name} failed: {self._words(status)}")

    def _words(self, status):
        """Name of an error and what it means, as the driver says."""
        words = []
        for name in ("cuGetErrorName", "cuGetErrorString"):
            text = ctypes.c_char_p()
            if self.has(name):
                getattr(self._library, name)(ctypes.c_int(status), ctypes.byref(text))
            words.append((text.value or b"").decode(errors="replace"))
        return " ".join(f"{words[0]} {status} {words[1]}".split())

    def _version(self):
        version = ctypes.c_int(0)
        if self.has("cuDriverGetVersion"):
            self._library.cuDriverGetVersion(ctypes.byref(version))
        major, minor = version.value // 1000, version.value % 1000 // 10
        return f"of CUDA {major}.{minor}" if version.value > 0 else "of an unknown version"
