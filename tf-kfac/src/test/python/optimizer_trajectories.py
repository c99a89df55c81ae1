"""Trajectories of other libraries' Muon, Shampoo and SOAP, for OptimizerTrajectoryTest.

usage: python optimizer_trajectories.py DISTRIBUTED_SHAMPOO SOAP OUT.npz

Needs torch 2.13.0+cpu, keras 3.15.1 (any backend), optax 0.2.8, numpy, and checkouts of github.com/facebookresearch/optimizers (f606606)
and github.com/nikhilvyas/SOAP (a1e5535). The gradient of every step is the weight less a random target, so that what an optimizer does
comes back to it. Kernels are in TensorFlow's layout, [..., inputs, outputs]; torch gets their transpose. Arrays: start/SHAPE, target/SHAPE
(one a step) and CASE/SHAPE, the weight after each step.
"""

import os
import sys

os.environ["KERAS_BACKEND"] = "jax"
import jax
import numpy as np

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import keras
import optax
import optax.contrib
import torch

shampoo_folder, soap_folder, out = sys.argv[1:]
sys.path.insert(0, shampoo_folder)
torch.set_default_dtype(torch.float64)
keras.config.set_floatx("float64")

STEPS = 20
RATE = 0.02
DECAY = 0.1
SHAPES = {"wide": (5, 7), "tall": (8, 5), "square": (5, 5), "axes": (3, 2, 4), "kernel": (3, 2, 2, 4), "vector": (4,)}

random = np.random.default_rng(17)
arrays = {}
for name, shape in SHAPES.items():
    arrays[f"start/{name}"] = random.standard_normal(shape)
    arrays[f"target/{name}"] = 2 * random.standard_normal((STEPS, *shape))


def matrix(value):
    return value.reshape(-1, value.shape[-1])


def identity(value):
    return value


def transposed(value):
    return matrix(value).T


def with_torch(case, shapes, optimizer, there=identity, dtype=torch.float64):
    """`there` turns a weight into what the optimizer sees; transposed is its own inverse on matrices."""
    for name in shapes:
        start = arrays[f"start/{name}"]
        weight = torch.nn.Parameter(torch.tensor(np.ascontiguousarray(there(start)), dtype=dtype))
        steps = optimizer([weight])
        seen = []
        for target in arrays[f"target/{name}"]:
            weight.grad = weight.detach() - torch.tensor(np.ascontiguousarray(there(target)), dtype=dtype)
            steps.step()
            after = weight.detach().double().numpy().copy()
            seen.append((after.T if there is transposed else after).reshape(start.shape))
        arrays[f"{case}/{name}"] = np.stack(seen)


MATRICES = ["wide", "tall", "kernel"]
with_torch(
    "torch_jordan",
    MATRICES,
    lambda w: torch.optim.Muon(w, lr=RATE, weight_decay=DECAY, adjust_lr_fn="original"),
    transposed,
    torch.float32,
)
with_torch(
    "torch_moonshot",
    MATRICES,
    lambda w: torch.optim.Muon(w, lr=RATE, weight_decay=DECAY, nesterov=False, adjust_lr_fn="match_rms_adamw"),
    transposed,
    torch.float32,
)


def with_keras(case, make):
    for name in MATRICES:
        start = arrays[f"start/{name}"]
        weight = keras.Variable(matrix(start), dtype="float64", name="weight")
        optimizer = make()
        optimizer.build([weight])
        seen = []
        for target in arrays[f"target/{name}"]:
            optimizer.apply([weight.value - matrix(target)])
            seen.append(np.array(weight.value).reshape(start.shape))
        arrays[f"{case}/{name}"] = np.stack(seen)


with_keras("keras_moonshot", lambda: keras.optimizers.Muon(learning_rate=RATE, weight_decay=DECAY))
with_keras("keras_plain", lambda: keras.optimizers.Muon(learning_rate=RATE, weight_decay=DECAY, nesterov=False, rms_rate=None))


def with_optax(case, optimizer):
    for name in MATRICES:
        start = arrays[f"start/{name}"]
        weight = jnp.asarray(matrix(start))
        state = optimizer.init(weight)
        seen = []
        for target in arrays[f"target/{name}"]:
            change, state = optimizer.update(weight - matrix(target), state, weight)
            weight = optax.apply_updates(weight, change)
            seen.append(np.array(weight).reshape(start.shape))
        arrays[f"{case}/{name}"] = np.stack(seen)


with_optax("optax_jordan", optax.contrib.muon(RATE, weight_decay=DECAY))
with_optax("optax_moonshot", optax.contrib.muon(RATE, weight_decay=DECAY, consistent_rms=0.2, nesterov=False))

from distributed_shampoo import (  # noqa: E402
    AdamPreconditionerConfig,
    CoupledNewtonConfig,
    DistributedShampoo,
    RootInvShampooPreconditionerConfig,
    SGDPreconditionerConfig,
    SingleDeviceDistributedConfig,
)


def shampoo(exponents=None, root=None, **more):
    def make(weights):
        roots = {} if root is None else {"amortized_computation_config": root}
        return DistributedShampoo(
            weights,
            lr=RATE,
            weight_decay=DECAY,
            distributed_config=SingleDeviceDistributedConfig(target_parameter_dimensionality=float("inf")),
            preconditioner_config=RootInvShampooPreconditionerConfig(
                factor_matrix_dtype=torch.float64,
                inv_factor_matrix_dtype=torch.float64,
                inverse_exponent_override=exponents or {},
                **roots,
            ),
            **more,
        )

    return make


ALL = ["wide", "tall", "axes", "vector"]
with_torch("shampoo_sum", ALL, shampoo(betas=(0.9, 1.0), epsilon=1e-6))
with_torch(
    "shampoo_adam",
    ALL,
    shampoo(
        betas=(0.9, 0.95),
        epsilon=1e-6,
        precondition_frequency=3,
        grafting_config=AdamPreconditionerConfig(epsilon=1e-8),
    ),
)
with_torch(
    "shampoo_blocks",
    ALL,
    shampoo(
        exponents={1: 1.0, 2: 0.5, 3: 1 / 3},
        betas=(0.0, 0.95),
        epsilon=1e-4,
        max_preconditioner_dim=4,
        grafting_config=SGDPreconditionerConfig(),
    ),
)
with_torch(
    "shampoo_newton",
    ["wide", "tall", "axes"],
    shampoo(
        root=CoupledNewtonConfig(tolerance=1e-12),
        betas=(0.9, 0.95),
        epsilon=1e-3,
        precondition_frequency=2,
        grafting_config=SGDPreconditionerConfig(),
    ),
)

# The authors compute eigenbases in float32 whatever the weights are; here in float64, so that they can be compared to more digits.
with open(os.path.join(soap_folder, "soap.py")) as file:
    source = file.read().replace(".float()", ".double()").replace("!= torch.float:", "!= torch.float64:")
scope = {"__name__": "soap"}
exec(compile(source, "soap.py", "exec"), scope)  # pylint: disable=exec-used
SOAP = scope["SOAP"]
# A factor of one gradient with more columns than rows has several eigenvalues 0, whose eigenvectors are anybody's choice: no shape does.
with_torch(
    "soap",
    ["square", "axes", "vector"],
    lambda w: SOAP(w, lr=RATE, weight_decay=DECAY, precondition_frequency=3),
)
with_torch(
    "soap_one_sided",
    ["wide", "tall"],
    lambda w: SOAP(w, lr=RATE, betas=(0.9, 0.99), shampoo_beta=0.8, weight_decay=DECAY, precondition_frequency=2, max_precond_dim=5),
)

first = torch.nn.Parameter(torch.zeros(2, 2, dtype=torch.float32))
first.grad = torch.eye(2, dtype=torch.float32)
torch.optim.Muon([first], lr=1.0).step()
variable = keras.Variable(np.zeros((2, 2)), name="weight")
optimizer = keras.optimizers.Muon(learning_rate=1.0)
optimizer.build([variable])
optimizer.apply([jnp.eye(2)])
change, _ = (lambda o: o.update(jnp.eye(2), o.init(jnp.zeros((2, 2))), jnp.zeros((2, 2))))(optax.contrib.muon(1.0))
arrays["identity"] = np.array([first[0, 0].item(), float(variable.value[0, 0]), float(change[0, 0])])

np.savez_compressed(out, **arrays)
print(out, len(arrays), "arrays; first steps on the identity", arrays["identity"])
