#!/usr/bin/env bash
# One would guess that Muon in three libraries takes one step: all say that they follow Jordan's, with momentum 0.95, Nesterov's look-ahead and five
# Newton-Schulz steps with the coefficients 3.4445, -4.7750, 2.0315. A first step from zero along the identity of order 2, learning rate 1, all else at its default:
# -1.125 in PyTorch 2.13.0, -0.3134 in Keras 3.15.1, -1.1081 in Optax 0.2.8. Keras multiplies by 0.2 sqrt(longer side), the others by sqrt(max(1, outputs/inputs)).
# PyTorch iterates in bfloat16 whatever the type of the weights: float64 weights move by a multiple of 1/128 here, and two gradients that
# differ by 1e-4 give one step. Optax corrects momentum and gradient by different counts, so from the second step on its direction is another one.
# Met by everybody who takes a learning rate from one library to another, and by those who check a float64 implementation against torch.optim.Muon.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q torch==2.13.0+cpu keras==3.15.1 optax==0.2.8 numpy
cat > "$work/steps.py" <<'PY'
import os

os.environ["KERAS_BACKEND"] = "torch"
import jax.numpy as jnp
import keras
import numpy as np
import optax.contrib
import torch


def with_torch(gradients):
    weight = torch.nn.Parameter(torch.zeros(2, 2, dtype=torch.float64))
    optimizer = torch.optim.Muon([weight], lr=1.0, weight_decay=0.0)
    for gradient in gradients:
        weight.grad = torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
    return weight.detach().numpy()


def with_keras(gradients):
    weight = keras.Variable(np.zeros((2, 2), np.float32))
    optimizer = keras.optimizers.Muon(learning_rate=1.0, weight_decay=None)
    optimizer.build([weight])
    for gradient in gradients:
        optimizer.apply([torch.tensor(gradient, dtype=torch.float32)])
    return keras.ops.convert_to_numpy(weight)


def with_optax(gradients):
    optimizer = optax.contrib.muon(1.0)
    weight = jnp.zeros((2, 2))
    state = optimizer.init(weight)
    for gradient in gradients:
        change, state = optimizer.update(jnp.asarray(gradient, jnp.float32), state, weight)
        weight = weight + change
    return np.asarray(weight)


identity = np.eye(2)
print("PyTorch", torch.__version__, "Keras", keras.__version__, "Optax", optax.__version__)
print("first step:", " ".join(f"{run([identity])[0, 0]:.4f}" for run in (with_torch, with_keras, with_optax)))
print("of a gradient 1e-4 larger in one entry, PyTorch:", f"{with_torch([identity + [[1e-4, 0], [0, 0]]])[0, 0]:.4f}")
second = np.array([[1.0, 2.0], [0.0, 1.0]])
keras_direction = (with_keras([identity, second]) - with_keras([identity])) / (0.2 * 2**0.5)
optax_direction = with_optax([identity, second]) - with_optax([identity])
for name, direction in (("Keras", keras_direction), ("Optax", optax_direction)):
    print(f"second direction, {name}:", " ".join(f"{entry:.2f}" for entry in direction.ravel()))
PY
"$work/venv/bin/python" "$work/steps.py" 2> "$work/log" > "$work/out" || { cat "$work/log"; exit 1; }
cat "$work/out"
diff "$work/out" - <<'SEEN'
PyTorch 2.13.0+cpu Keras 3.15.1 Optax 0.2.8
first step: -1.1250 -0.3134 -1.1081
of a gradient 1e-4 larger in one entry, PyTorch: -1.1250
second direction, Keras: -0.60 -0.43 0.39 -0.60
second direction, Optax: -0.59 -0.44 0.41 -0.59
SEEN
