"""A PyTorch module with its loss and a batch as a scene. PyTorch itself is optional: requirements-torch.txt."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from threading import RLock
from typing import Any, Literal

import numpy as np

from landscape.adding import add_with_samples, checked_block, free_name, kind_of, samples_kind
from landscape.errors import LibraryMissing, ModelError
from landscape.models.base import Array, Intake, size, spans
from landscape.models.own import Own
from landscape.own import said_of, took, work_of
from landscape.scene import Scene

MANY = 8
"""Parameter vectors at once by which it is found out whether ``vmap`` is the quicker way."""

MOST_CLASSES = 4_096
"""Labels of more classes are kept as numbers, not as rows of zeros with a one."""

AGREE = {"float64": 1e-9, "float32": 1e-4}
"""Relative difference up to which ``vmap`` says the same as one call after the other."""


def from_torch(
    module: Any,
    loss_fn: Callable[[Any, Any], Any],
    batch: tuple[Any, Any],
    *,
    name: str | None = None,
    text: str = "your module",
    precision: Literal["float64", "float32"] = "float64",
) -> Scene:
    """The scene of a PyTorch module's loss on a batch, through the parameters that it has now.

    What is computed is a copy on the CPU in evaluation mode: dropout drops nothing, batch normalisation uses its
    running statistics; the module itself is not changed. The parameters are those of ``module.named_parameters()`` in
    their order, each a block under its name (``0.weight``) in C order, frozen ones too. The batch becomes a dataset,
    so that ``batch`` of a run takes some of its rows; the loss of some rows is what ``loss_fn`` says of them.

    Args:
        module: a ``torch.nn.Module`` of one tensor.
        loss_fn: ``loss_fn(module(x), y)`` gives one number, the mean over the samples, or their sum where its
            ``reduction`` says so.
        batch: tensors ``(x, y)`` of N rows each. Labels (N,) of outputs (N, K) are also one-hot rows (N, K), so that
            an ``mlp`` can be chosen on the same data.
        name: of the kind; the same name again replaces it. By default the first free one of module, module-2, ...
        text: what it is in a sentence.
        precision: float64, so that gradients can be checked against differences; float32 as most modules are trained,
            where such a check fails for want of digits.

    Raises:
        LibraryMissing: PyTorch is not installed.
        ModelError: the module or its loss raised, or something of it cannot be taken.

    Example:
        >>> net = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 2))  # doctest: +SKIP
        >>> scene = from_torch(net, torch.nn.CrossEntropyLoss(), (x, y))                               # doctest: +SKIP
        >>> ls.surface(scene).loss.shape                                                               # doctest: +SKIP
        (60, 60)
    """
    torch = _library()
    if not isinstance(module, torch.nn.Module):
        raise ModelError(f"Module must be a torch.nn.Module. Got {type(module).__name__}.")
    kind = free_name(name, "module")
    measured = Measured(torch, module, loss_fn, *_tensors(torch, batch), text=text, precision=precision)
    data = samples_kind(kind, measured.rows[0], measured.rows[1], noun="samples of your batch", task=measured.task)
    model = kind_of(Own, kind, source=measured, noun=text, uses_data=True, suited_data={"kind": kind})
    add_with_samples(model, data)
    return Scene.model_validate({"model": {"kind": kind}})


class Measured:
    """A module with its loss as a :class:`~landscape.models.own.Source`. One caller at a time: PyTorch puts the
    parameters into the module for as long as a call lasts.

    Attributes:
        rows: the batch, x (N, D) and y (N, K), as float64.
        task: whether y are classes, one-hot, or numbers.
        vectorised: whether many parameter vectors are taken at once, by ``vmap``.
    """

    has_gradient = True
    task: Literal["classes", "numbers"]

    def __init__(self, torch: Any, module: Any, loss_fn: Any, x: Any, y: Any, *, text: str, precision: str) -> None:
        self._torch, self._turn = torch, RLock()
        self._width = torch.float32 if precision == "float32" else torch.float64
        self._precision, self.text = precision, text
        try:
            self._module = copy.deepcopy(module).to(device="cpu", dtype=self._width).eval().requires_grad_(False)
            is_module = isinstance(loss_fn, torch.nn.Module)
            self._loss_fn = copy.deepcopy(loss_fn).to("cpu", self._width).eval() if is_module else loss_fn
        except Exception as error:
            raise self._failed(error) from error
        parameters = dict(self._module.named_parameters())
        self.blocks = _blocks(parameters)
        self.biases = frozenset(name for name, shape in self.blocks.items() if len(shape) < 2)
        flat = [parameter.detach().double().reshape(-1).numpy() for parameter in parameters.values()]
        self.theta0: Array = np.concatenate(flat)
        if not np.isfinite(self.theta0).all():
            raise ModelError("The module's parameters must be finite numbers. Some are not.")
        self.theta0.setflags(write=False)
        self._spans = list(spans(self.blocks))

        self._x_like, self._y_like = x, y
        outputs = self._tried(lambda: self._module(self._as(x)))
        self.task = "classes" if _are_labels(torch, y, outputs) else "numbers"
        self.rows = _rows(x), np.eye(outputs.shape[1])[y.numpy()] if self.task == "classes" else _rows(y)
        self.intake = Intake(self.rows[0].shape[1], self.rows[1].shape[1], self.task)
        self.loss_text = _words(type(loss_fn).__name__ if is_module else getattr(loss_fn, "__name__", ""))
        self.sums = getattr(loss_fn, "reduction", "") == "sum"
        self.notes = _notes(torch, self._module, text, precision)
        self.vectorised = False
        self.seconds = took(lambda: self.value(self.theta0[None], *self.rows))
        self.value_and_gradient(self.theta0[None], *self.rows)
        self.vectorised = self._is_quicker_at_once()
        self.seconds = took(lambda: self.value(np.tile(self.theta0, (MANY, 1)), *self.rows)) / MANY
        self.work = work_of(self.seconds / len(x))

    def value(self, theta: Array, x: Array, y: Array) -> Array:
        samples = self._samples(x, y)

        def found() -> Array:
            with self._torch.no_grad():
                flat = self._as(self._torch.from_numpy(np.array(theta)))
                if self.vectorised:
                    return _plain(self._torch.func.vmap(self._one, (0, None, None))(flat, *samples))
                return np.array([float(self._one(row, *samples)) for row in flat])

        losses: Array = self._tried(found)
        return losses

    def value_and_gradient(self, theta: Array, x: Array, y: Array) -> tuple[Array, Array]:
        samples = self._samples(x, y)

        def found() -> tuple[Array, Array]:
            flat = self._as(self._torch.from_numpy(np.array(theta)))
            if self.vectorised:
                both = self._torch.func.grad_and_value(self._one)
                slopes, values = self._torch.func.vmap(both, (0, None, None))(flat, *samples)
                return _plain(values), _plain(slopes)
            values, slopes = np.empty(len(flat)), np.empty(theta.shape)
            for row, place in enumerate(flat):
                value = self._one(place.requires_grad_(), *samples)
                (slope,) = self._torch.autograd.grad(value, place)
                values[row], slopes[row] = float(value.detach()), _plain(slope)
            return values, slopes

        both: tuple[Array, Array] = self._tried(found)
        return both

    def _one(self, flat: Any, x: Any, y: Any) -> Any:
        """The loss at one parameter vector (P,)."""
        parts = {name: flat[span].view(shape) for name, shape, span in self._spans}
        value = self._loss_fn(self._torch.func.functional_call(self._module, parts, (x,)), y)
        if tuple(getattr(value, "shape", (0,))):
            got = f"a tensor of shape {tuple(value.shape)}" if hasattr(value, "shape") else type(value).__name__
            raise ModelError(f"The loss function must give one number, the mean over the samples. Got {got}.")
        return value

    def _samples(self, x: Array, y: Array) -> tuple[Any, Any]:
        """Rows x (n, D) and y (n, K) as the module and its loss know them."""
        inputs = self._torch.from_numpy(np.array(x)).reshape(len(x), *self._x_like.shape[1:])
        if self.task == "classes":
            targets = self._torch.from_numpy(y.argmax(axis=1))
        else:
            targets = self._torch.from_numpy(np.array(y)).reshape(len(y), *self._y_like.shape[1:])
        return self._as(inputs, self._x_like), self._as(targets, self._y_like)

    def _as(self, tensor: Any, like: Any = None) -> Any:
        """Of the type that another has; floating ones in this precision."""
        like = tensor if like is None else like
        return tensor.to(self._width if like.is_floating_point() else like.dtype)

    def _tried(self, call: Callable[[], Any]) -> Any:
        try:
            with self._turn:
                return call()
        except ModelError:
            raise
        except Exception as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> ModelError:
        wide = ' It is a copy in float64; precision="float32" keeps 32 bits.' if self._precision == "float64" else ""
        return ModelError(f"The module or its loss raised {type(error).__name__}: {said_of(error)}{wide}")

    def _is_quicker_at_once(self) -> bool:
        """Whether ``vmap`` takes this module, says the same, and is not slower than one call after the other."""
        nearby = self.theta0 * np.linspace(0.9, 1.1, MANY)[:, None]
        alone = self.value(nearby, *self.rows), self.value_and_gradient(nearby[:2], *self.rows)[1]
        slow = took(lambda: self.value(nearby, *self.rows))
        self.vectorised = True
        try:
            together = self.value(nearby, *self.rows), self.value_and_gradient(nearby[:2], *self.rows)[1]
            quick = took(lambda: self.value(nearby, *self.rows))
        except ModelError:  # it does something that vmap cannot do
            return False
        finally:
            self.vectorised = False
        near = AGREE[self._precision]
        return quick <= slow and all(
            np.allclose(one, other, rtol=near, atol=near * float(np.nan_to_num(np.abs(one)).max()), equal_nan=True)
            for one, other in zip(alone, together, strict=True)
        )


def _library() -> Any:
    try:
        import torch  # noqa: PLC0415 (optional, and slow to import)
    except ImportError as error:
        raise LibraryMissing("PyTorch is not installed. pip install -r requirements-torch.txt") from error
    return torch


def _tensors(torch: Any, batch: Any) -> tuple[Any, Any]:
    if not isinstance(batch, tuple | list) or len(batch) != 2:
        got = f"{len(batch)} of them" if isinstance(batch, tuple | list) else type(batch).__name__
        raise ModelError(f"Batch must be two tensors, (x, y). Got {got}.")
    for what, tensor in zip("xy", batch, strict=True):
        if not isinstance(tensor, torch.Tensor) or not tensor.dim() or not tensor.numel():
            got = f"shape {tuple(tensor.shape)}" if isinstance(tensor, torch.Tensor) else type(tensor).__name__
            raise ModelError(f"Batch must be two tensors with a row for each sample. Got {got} for {what}.")
        if tensor.is_complex() or not tensor.isfinite().all():
            got = f"{tensor.dtype}" if tensor.is_complex() else "some that are not"
            raise ModelError(f"Batch must be of finite real numbers. Got {got} in {what}.")
    x, y = (tensor.detach().cpu() for tensor in batch)
    if len(x) != len(y):
        raise ModelError(f"Batch must have as many rows in x as in y. Got {len(x):,} and {len(y):,}.")
    return x, y


def _blocks(parameters: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    if not parameters:
        raise ModelError("Module must have parameters. Got one without.")
    for name, parameter in parameters.items():
        if not parameter.is_floating_point() or not parameter.numel():
            got = f"{parameter.dtype} of shape {tuple(parameter.shape)}"
            raise ModelError(f"Parameters must be real numbers. Got {got} for {name}.")
    blocks = {checked_block(name): tuple(parameter.shape) for name, parameter in parameters.items()}
    assert size(blocks) == sum(parameter.numel() for parameter in parameters.values())
    return blocks


def _are_labels(torch: Any, y: Any, outputs: Any) -> bool:
    """Whether targets are class numbers of outputs (N, K)."""
    if y.dim() != 1 or y.dtype != torch.int64 or getattr(outputs, "ndim", 0) != 2 or len(outputs) != len(y):
        return False
    return bool(y.min() >= 0) and int(y.max()) < outputs.shape[1] <= MOST_CLASSES


def _rows(tensor: Any) -> Array:
    """A tensor (N, ...) as float64 (N, D)."""
    return np.array(tensor.double().reshape(len(tensor), -1).numpy())


def _plain(tensor: Any) -> Array:
    return np.asarray(tensor.detach().numpy(), dtype=np.float64)


def _words(name: str) -> str:
    """What a loss is called, in words.

    Example:
        >>> _words("CrossEntropyLoss"), _words("BCEWithLogitsLoss"), _words("mse_loss"), _words("<lambda>")
        ('cross entropy', 'BCE with logits', 'mse', 'its loss')
    """
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name) if name.isidentifier() else []
    kept = [part if part.isupper() else part.lower() for part in parts if part.lower() != "loss"]
    return " ".join(kept) or "its loss"


def _notes(torch: Any, module: Any, text: str, precision: str) -> tuple[str, ...]:
    """What the picture is of, where a module would do something else while it is trained."""
    kinds = torch.nn.modules
    eased = {
        "dropout drops nothing": kinds.dropout._DropoutNd,
        "batch normalisation uses its running statistics": kinds.batchnorm._BatchNorm,
    }
    found = [what for what, kind in eased.items() if any(isinstance(each, kind) for each in module.modules())]
    how = f": {' and '.join(found)}" if found else ""
    bits = "64" if precision == "float64" else "32"
    return (f"{text[:1].upper()}{text[1:]} is a copy in evaluation mode, in {bits} bits{how}.",)
