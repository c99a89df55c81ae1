"""Writes SavedModels with what stock TensorFlow computes from them, for the tests in Java.

An archive NAME.zip holds the model in `model/`, arrays in `reference.npz` and their meaning in
`reference.json`:

  signature  name of the signature that was called
  inputs     [{name, type, array | texts}], the values fed
  outputs    [{name, type, array, target}], what the signature returned; target is the array that the
             loss compares it with, absent for outputs without a gradient such as integers
  loss       sum over the outputs with a target of mean((output - target)^2), computed in float32, or
             in float64 for float64 outputs
  variables  [{name, keys, trained, gradient}]: every checkpoint key whose value is that variable's,
             and the array of d loss / d variable by tf.GradientTape on the loaded model; null where
             the loss does not depend on it or it is not trained

Checkpoint keys are told apart by their values: every variable gets values that no other has.
"""

import io
import json
import os
import shutil
import tempfile
import zipfile

import numpy as np
import tensorflow as tf

SIGNATURE = "serving_default"
NARROW = {"float16": "float32", "bfloat16": "float32"}
STORED = ("float32", "float64", "uint8", "int32", "int64")


def numbers(variable):
    """The value of a variable of TensorFlow or of any backend of Keras."""
    return np.asarray(variable.numpy() if hasattr(variable, "numpy") else variable.value)


def distinct(variables, seed):
    """Gives every floating-point variable values of its own, near those that it has."""
    rng = np.random.default_rng(seed)
    for variable in variables:
        value = numbers(variable)
        if not np.issubdtype(value.dtype, np.floating) and value.dtype.name != "bfloat16":
            continue
        noise = rng.normal(0, 0.1, value.shape)
        moved = value.astype("float64") + (np.abs(noise) if (value > 0).all() else noise)
        variable.assign(tf.cast(moved, value.dtype))


def stored(array):
    """An array of a type that the NPZ reader knows, of equal values."""
    array = np.asarray(array)
    if array.dtype.name in STORED:
        return array
    return array.astype({"bool": "uint8", "int8": "int32", "int16": "int32"}.get(array.dtype.name, "float32"))


def bits(value):
    value = np.asarray(value)
    return (value.dtype.name, value.shape, value.tobytes())


def signature_of(folder):
    """The loaded model, its signature and that one's inputs; keep the first as long as the others are used."""
    loaded = tf.saved_model.load(folder)
    function = loaded.signatures[SIGNATURE]
    return loaded, function, sorted(function.structured_input_signature[1])


def call(function, feeds):
    return dict(sorted(function(**feeds).items()))


def losses(outputs, targets):
    total = None
    for name, target in targets.items():
        output = outputs[name]
        wide = tf.cast(output, NARROW.get(output.dtype.name, output.dtype.name))
        loss = tf.reduce_mean(tf.square(wide - tf.constant(target, wide.dtype)))
        total = loss if total is None else tf.cast(total, loss.dtype) + loss
    return total


def target(output, seed):
    if not output.dtype.is_floating:
        return None
    values = np.random.default_rng(seed).normal(0, 1, output.shape)
    return values.astype(NARROW.get(output.dtype.name, output.dtype.name))


def keys_of(folder):
    """Checkpoint keys by the bits of their values."""
    reader = tf.train.load_checkpoint(f"{folder}/variables/variables")
    keys = {}
    for key in sorted(reader.get_variable_to_shape_map()):
        if key != "_CHECKPOINTABLE_OBJECT_GRAPH":
            keys.setdefault(bits(reader.get_tensor(key)), []).append(key)
    return keys


def describe(folder, inputs, named, trained, seed=1):
    """What stock TensorFlow computes from a model.

    inputs: arrays in the order of the signature's sorted input names, or by name.
    named: the variables by name; trained: names of those that training changes.
    """
    loaded, function, names = signature_of(folder)
    if not isinstance(inputs, dict):
        inputs = dict(zip(names, inputs))
    feeds = {name: tf.constant(value) for name, value in inputs.items()}
    outputs = call(function, feeds)
    targets = {name: target(output, seed + i) for i, (name, output) in enumerate(outputs.items())}
    targets = {name: value for name, value in targets.items() if value is not None}
    loaded, function, _ = signature_of(folder)  # as a fresh process would: random states at their start
    with tf.GradientTape() as tape:
        loss = losses(call(function, feeds), targets)
    watched = list(tape.watched_variables())
    gradients = tape.gradient(loss, watched)
    found = {}
    for variable, gradient in zip(watched, gradients):
        if gradient is not None:
            found[bits(variable.numpy())] = tf.convert_to_tensor(gradient).numpy()
    arrays = {}
    text = {"signature": SIGNATURE, "inputs": [], "outputs": [], "variables": []}
    for name, value in inputs.items():
        value = np.asarray(value)
        entry = {"name": name, "type": tf.constant(value).dtype.name}
        if value.dtype.kind in "OSU":
            entry["shape"] = list(value.shape)
            entry["texts"] = [str(one) for one in value.reshape(-1)]
        else:
            entry["array"] = f"input/{name}"
            arrays[entry["array"]] = stored(value)
        text["inputs"].append(entry)
    for name, value in outputs.items():
        entry = {"name": name, "type": value.dtype.name, "array": f"output/{name}"}
        arrays[entry["array"]] = stored(value.numpy())
        if name in targets:
            entry["target"] = f"target/{name}"
            arrays[entry["target"]] = targets[name]
        text["outputs"].append(entry)
    text["loss"] = float(loss)
    keys = keys_of(folder)
    for i, (name, variable) in enumerate(named.items()):
        of_variable = keys.pop(bits(numbers(variable)), [])
        gradient = found.get(bits(numbers(variable))) if name in trained else None
        entry = {"name": name, "keys": of_variable, "trained": name in trained, "gradient": None}
        if gradient is not None:
            entry["gradient"] = f"gradient/{i}"
            arrays[entry["gradient"]] = stored(gradient)
        text["variables"].append(entry)
    lost = [e["name"] for e in text["variables"] if e["trained"] and not e["keys"]]
    if lost:
        raise AssertionError(f"no checkpoint key holds the values of {lost}")
    return text, arrays


def pack(target_zip, folder, text, arrays):
    """Writes the archive; equal content gives equal bytes."""
    files = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            files["model/" + os.path.relpath(path, folder)] = open(path, "rb").read()
    npz = io.BytesIO()
    with zipfile.ZipFile(npz, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            one = io.BytesIO()
            np.save(one, np.ascontiguousarray(array) if np.ndim(array) else np.asarray(array))
            archive.writestr(zipfile.ZipInfo(name + ".npy"), one.getvalue())
    files["reference.npz"] = npz.getvalue()
    files["reference.json"] = json.dumps(text, indent=1).encode()
    with zipfile.ZipFile(target_zip, "w") as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED, 9)


def write(target_zip, export, inputs, named, trained, seed=1):
    """Exports a model into a temporary folder, describes it and writes the archive."""
    work = tempfile.mkdtemp()
    try:
        folder = os.path.join(work, "model")
        export(folder)
        text, arrays = describe(folder, inputs, named, trained, seed)
        pack(target_zip, folder, text, arrays)
        return text
    finally:
        shutil.rmtree(work)


def inputs_of(text, arrays):
    """The inputs of a reference by name."""
    inputs = {}
    for entry in text["inputs"]:
        if "texts" in entry:
            inputs[entry["name"]] = np.array(entry["texts"]).reshape(entry["shape"])
        else:
            inputs[entry["name"]] = np.asarray(tf.cast(arrays[entry["array"]], entry["type"]))
    return inputs


def outputs_of_session(folder, feeds):
    """The signature's outputs by the loader of TensorFlow 1."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        meta = tf.compat.v1.saved_model.load(session, ["serve"], folder)
        definition = meta.signature_def[SIGNATURE]
        fetches = {name: info.name for name, info in definition.outputs.items()}
        fed = {definition.inputs[name].name: value for name, value in feeds.items()}
        return session.run(fetches, fed)
