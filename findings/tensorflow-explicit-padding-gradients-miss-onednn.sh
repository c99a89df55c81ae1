#!/usr/bin/env bash
# One would guess that a convolution and its two gradients run by the same library, and that `padding=[[0, 0], [1, 1], [1, 1], [0, 0]]` costs what 'SAME' costs, with
# which it is equal here. In TensorFlow 2.21.0 on x86 CPUs the forward convolution with explicit paddings is run by oneDNN, but both of its gradients
# (for the input and for the filter) stay with the plain kernels, seen in the step statistics: `Conv2DBackpropFilter` in place of
# `_MklNativeConv2DBackpropFilter`; seen on two cores, 64 images of 32x32x32, 3x3 kernel: 116 ms in place of 46 (filter), 67 in place of 44 (input).
# `tf.pad` and 'VALID' gives the same numbers by oneDNN's kernels. The oneDNN sums differ in rounding, so a model changes in the last digits too.
# Met by everybody who trains a network with PyTorch's paddings (stride 2, one row on either side, is neither 'SAME' nor 'VALID') on a CPU.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q tensorflow-cpu==2.21.0 numpy
cat > "$work/gradients.py" <<'PY'
import numpy as np
import tensorflow as tf

print("TensorFlow", tf.__version__)
assert tf.__version__ == "2.21.0", "another version than 2.21.0"
v1 = tf.compat.v1
shape = (8, 16, 16, 16)
images = np.random.default_rng(0).normal(size=shape).astype(np.float32)
margins = [[0, 0], [1, 1], [1, 1], [0, 0]]
graph = tf.Graph()
with graph.as_default():
    x = v1.placeholder(tf.float32, shape)
    w = tf.constant(np.random.default_rng(1).normal(size=(3, 3, 16, 16)).astype(np.float32))
    outputs = {
        "same": tf.nn.conv2d(x, w, 1, "SAME"),
        "explicit": tf.nn.conv2d(x, w, 1, margins),
        "padded": tf.nn.conv2d(tf.pad(x, margins), w, 1, "VALID"),
    }
    gradients = {name: tf.gradients(tf.reduce_sum(y * y), [w, x]) for name, y in outputs.items()}

kernels, values = {}, {}
with v1.Session(graph=graph) as session:
    for name, pair in gradients.items():
        trace = v1.RunMetadata()
        options = v1.RunOptions(trace_level=v1.RunOptions.FULL_TRACE)
        values[name] = session.run(pair, {x: images}, options=options, run_metadata=trace)
        labels = [n.timeline_label for d in trace.step_stats.dev_stats for n in d.node_stats]
        types = {label.split("=")[-1].split("(")[0].strip() for label in labels}
        kernels[name] = sorted(t for t in types if "Conv2D" in t)
        print(name, kernels[name])

for name in ("explicit", "padded"):
    for own, other in zip(values[name], values["same"]):
        assert np.abs(own - other).max() <= 1e-4 * np.abs(other).max(), name
onednn = ["_MklNativeConv2D", "_MklNativeConv2DBackpropFilter", "_MklNativeConv2DBackpropInput"]
assert kernels["same"] == onednn, "changed: 'SAME' runs " + str(kernels["same"])
assert kernels["padded"] == onednn, "changed: padded runs " + str(kernels["padded"])
assert kernels["explicit"] == ["Conv2DBackpropFilter", "Conv2DBackpropInput", "_MklNativeConv2D"], (
    "changed: explicit paddings run " + str(kernels["explicit"]))
print("as stated: with explicit paddings the forward pass runs by oneDNN, its gradients do not")
PY
TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES= "$work/venv/bin/python" "$work/gradients.py"
