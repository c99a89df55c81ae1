"""Writes the SavedModels of VariablesTest and what stock TensorFlow says about them.

  pip install tensorflow==2.21.0 keras==3.15.1
  python savedmodel_variables.py ../resources/savedmodel/variables

An archive NAME.zip holds a model, in `model/`, whose variables all have different values, and
`expected.json`: the kinds of the variables that the signature uses by the model's names for them,
and the signature's outputs.
"""

import json
import os
import sys
import tempfile
import zipfile

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from keras import layers


def example(shape, dtype):
    """The same numbers as in the test: n * 37 % 101 / 101, integers n % 5."""
    size = [2 if one is None else one for one in shape]
    n = np.arange(int(np.prod(size)))
    values = (n * 37 % 101) / 101 if dtype.is_floating else n % 5
    return tf.constant(values.reshape(size), dtype)


def fill(variables):
    random = np.random.default_rng(5)
    for variable in variables:
        dtype = tf.as_dtype(variable.dtype)
        if dtype.is_floating:
            value = random.uniform(0.1, 0.9, variable.shape)
            variable.assign(tf.cast(value, dtype))


def write(folder, name, save, kinds):
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, "model")
        save(path)
        os.remove(os.path.join(path, "fingerprint.pb"))
        signature = tf.saved_model.load(path).signatures["serving_default"]
        inputs = {
            key: example(spec.shape, spec.dtype)
            for key, spec in signature.structured_input_signature[1].items()
        }
        outputs = {
            key: value.numpy().astype("float64").ravel().tolist()
            for key, value in signature(**inputs).items()
        }
        with open(os.path.join(work, "expected.json"), "w") as file:
            json.dump({"kinds": kinds, "outputs": outputs}, file, indent=1, sort_keys=True)
        with zipfile.ZipFile(os.path.join(folder, name + ".zip"), "w") as archive:
            for parent, _, files in sorted(os.walk(work)):
                for file in sorted(files):
                    path = os.path.join(parent, file)
                    entry = zipfile.ZipInfo(os.path.relpath(path, work))
                    with open(path, "rb") as content:
                        archive.writestr(entry, content.read(), zipfile.ZIP_DEFLATED, 9)


def kinds_of(model):
    trained = {id(one) for one in model.trainable_variables}
    kinds = {}
    for one in model.variables:
        own = one.value.name.removesuffix(":0")
        if "seed" in own:
            continue
        name, count = own, 0
        while name in kinds:
            count += 1
            name = f"{own}_{count}"
        moving = one.path.endswith(("moving_mean", "moving_variance"))
        kinds[name] = (
            "MOVING_STATISTIC" if moving else "TRAINABLE" if id(one) in trained else "FROZEN"
        )
    return kinds


def frozen():
    """A frozen convolution and normalization, a shared layer, a nested model, dropout."""
    inputs = keras.Input((6, 6, 2), name="image")
    x = layers.Conv2D(3, 3, activation="relu", name="base")(inputs)
    x = layers.BatchNormalization(name="bn", trainable=False)(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    shared = layers.Dense(3, activation="tanh", name="shared")
    x = layers.Dropout(0.3, name="drop")(shared(shared(x)))
    inner = keras.Sequential([layers.Dense(4, activation="tanh", name="one")], name="inner")
    outputs = layers.Dense(2, activation="softmax", name="top")(inner(x))
    model = keras.Model(inputs, outputs, name="model")
    model.get_layer("base").trainable = False
    fill(model.variables)
    return model


def adapted(einsum):
    """Layers with low-rank adapters, two inputs and two outputs."""
    words = keras.Input((4,), dtype="int32", name="words")
    numbers = keras.Input((3,), name="numbers")
    embedding = layers.Embedding(5, 3, name="embedding")
    dense = layers.Dense(3, activation="tanh", name="dense")
    if einsum:
        dense = layers.EinsumDense("ab,bc->ac", output_shape=4, bias_axes="c", name="einsum")
    x = layers.GlobalAveragePooling1D(name="pool")(embedding(words))
    x = dense(layers.Concatenate(name="both")([x, numbers]))
    model = keras.Model(
        [words, numbers],
        {
            "one": layers.Dense(2, activation="softmax", name="one")(x),
            "two": layers.Dense(1, name="two")(x),
        },
        name="model",
    )
    for layer in (embedding, dense):
        layer.enable_lora(2)
    fill(model.variables)
    return model


class Subclassed(keras.Model):
    """Layers in lists and dictionaries, some with the same name."""

    def __init__(self):
        super().__init__(name="model")
        self.blocks = [layers.Dense(4, "tanh", name="block"), layers.Dense(3, "tanh", name="block")]
        self.heads = {"a.b": layers.Dense(3, "tanh", name="ab"), "c/d": layers.Dense(2, name="cd")}

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return self.heads["c/d"](self.heads["a.b"](x))


def subclassed():
    model = Subclassed()
    model(keras.Input((3,), name="x"))
    fill(model.variables)
    return model


def compiled():
    """Trained with an optimizer, a layer of it frozen."""
    inputs = keras.Input((3,), name="x")
    x = layers.Dense(4, activation="tanh", name="base", trainable=False)(inputs)
    model = keras.Model(inputs, layers.Dense(2, name="top")(x), name="model")
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), "mse")
    model.fit(np.ones((4, 3), "float32"), np.ones((4, 2), "float32"), verbose=0)
    fill(model.variables + model.optimizer.variables[2:])
    return model


class Linear(tf.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.w = tf.Variable(tf.zeros((inputs, outputs)), name="w")
        self.b = tf.Variable(tf.zeros(outputs), name="b")

    def __call__(self, x):
        return x @ self.w + self.b


class Module(tf.Module):
    """A list, a dictionary, a part under two names, and variables of many types."""

    def __init__(self):
        super().__init__(name="module")
        self.layers = [Linear(3, 4), Linear(4, 3)]
        self.parts = {"a.b": Linear(3, 3), "c/d": Linear(3, 2)}
        self.alias = self.layers[1]
        self.factor = tf.Variable(tf.zeros(4), trainable=False, name="factor")
        self.unused = tf.Variable(tf.zeros(2), name="w")
        self.count = tf.Variable(3, dtype=tf.int64, trainable=False)
        self.seed = tf.Variable([1, 2], dtype=tf.uint32, trainable=False, name="seed")
        self.text = tf.Variable("hello")
        self.flag = tf.Variable(True)
        self.half = tf.Variable(tf.zeros(3, tf.float16), name="half")
        self.small = tf.Variable(tf.constant([1, -2, 3], tf.int8), name="small")
        fill(self.variables)

    @tf.function(input_signature=[tf.TensorSpec((None, 3), name="x")])
    def __call__(self, x):
        x = tf.tanh(self.layers[0](x)) * self.factor
        x = tf.tanh(self.layers[1](x)) * tf.cast(self.half, tf.float32)
        x = tf.tanh(self.parts["a.b"](x)) + tf.cast(tf.reduce_sum(self.seed), tf.float32)
        return {"y": self.parts["c/d"](x)}


class Trained(tf.Module):
    """A function for training that the normalization's statistics are updated by."""

    def __init__(self):
        super().__init__(name="trained")
        inputs = keras.Input((3,), name="x")
        x = layers.Dense(4, name="dense")(inputs)
        x = layers.BatchNormalization(name="bn")(x)
        self.model = keras.Model(inputs, layers.Dense(2, name="top")(x), name="model")
        fill(self.model.variables)

    @tf.function
    def __call__(self, x, training=False):
        return self.model(x, training=training)

    @tf.function(input_signature=[tf.TensorSpec((None, 3), name="x")])
    def serve(self, x):
        return {"y": self(x, training=False)}


class Quantized(tf.Module):
    def __init__(self):
        super().__init__(name="quantized")
        self.w = tf.Variable(tf.ones((3, 2), tf.int8), trainable=False, name="dense/kernel")

    @tf.function(input_signature=[tf.TensorSpec((None, 3), name="x")])
    def __call__(self, x):
        return {"y": x @ tf.cast(self.w, tf.float32)}


def main(folder):
    model = frozen()
    write(folder, "export_frozen", lambda path: model.export(path, verbose=False), kinds_of(model))
    lora = adapted(einsum=False)
    write(folder, "export_lora", lambda path: lora.export(path, verbose=False), kinds_of(lora))
    lora = adapted(einsum=True)
    write(folder, "save_lora", lambda path: tf.saved_model.save(lora, path), kinds_of(lora))
    sub = subclassed()
    write(folder, "export_subclassed", lambda path: sub.export(path, verbose=False), kinds_of(sub))
    write(folder, "save_subclassed", lambda path: tf.saved_model.save(sub, path), kinds_of(sub))
    optimized = compiled()
    write(
        folder,
        "save_compiled",
        lambda path: tf.saved_model.save(optimized, path),
        kinds_of(optimized),
    )
    module = Module()
    kinds = {f"{one}{k}": "TRAINABLE" for one in "wb" for k in ("", "_1", "_2", "_3")}
    kinds |= {"factor": "FROZEN", "seed": "OTHER", "half": "OTHER"}
    write(folder, "module", lambda path: tf.saved_model.save(module, path, module.__call__), kinds)
    trained = Trained()
    for training in (False, True):
        trained.__call__.get_concrete_function(tf.TensorSpec((None, 3), name="x"), training)
    write(
        folder,
        "module_training",
        lambda path: tf.saved_model.save(trained, path, trained.serve),
        kinds_of(trained.model),
    )
    quantized = Quantized()
    write(
        folder,
        "quantized",
        lambda path: tf.saved_model.save(quantized, path, quantized.__call__),
        {},
    )


if __name__ == "__main__":
    main(sys.argv[1])
