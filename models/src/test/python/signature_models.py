"""Small SavedModels whose signatures do more than compute, for the tests in Java.

  pip install tensorflow==2.21.0 keras==3.15.1
  python signature_models.py OUT [NAME ...]      writes OUT/NAME.zip with the SavedModel

The committed archives are those of OUT = models/src/test/resources/savedmodel. No values are kept:
the tests compare with TensorFlow-Java's own loader, whose random numbers depend on saved states only.
"""

import os
import subprocess
import sys
import tempfile
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np
import tensorflow as tf
from keras import layers as L

MODELS = {}


def model(make):
    MODELS[make.__name__] = make
    return make


def exported(inputs, outputs):
    return lambda folder: keras.Model(inputs, outputs).export(folder, verbose=False)


class Draws(L.Layer):
    """Puts draws of one generator before its input."""

    def __init__(self, count):
        super().__init__()
        self.count = count
        self.generator = keras.random.SeedGenerator(3)

    def call(self, x):
        draws = [keras.random.uniform((6, 1), seed=self.generator) for _ in range(self.count)]
        return keras.ops.concatenate(draws + [x], axis=1)

    def compute_output_shape(self, shape):
        return (6, shape[1] + self.count)


@model
def six_draws():
    i = keras.Input((5,), batch_size=6)
    return exported(i, L.Dense(3)(Draws(6)(L.Dense(4)(i))))


@model
def random_erasing():
    i = keras.Input((8, 8, 3))
    return exported(i, L.Dense(3)(L.Flatten()(L.RandomErasing()(i))))


@model
def augmentation():
    i = keras.Input((8, 8, 3))
    x = L.RandomFlip()(L.RandomContrast(0.3)(L.RandomBrightness(0.2)(i)))
    return exported(i, L.Dense(3)(L.Flatten()(x)))


@model
def active_dropout():
    i = keras.Input((5,))
    x = L.Dropout(0.3, seed=9)(L.Dense(8, activation="tanh")(i), training=True)
    return exported(i, L.Dense(3)(x))


@model
def active_dropout_images():
    i = keras.Input((4, 4, 3))
    x = L.Dropout(0.5, seed=9)(L.Dense(8, activation="tanh")(L.Flatten()(i)), training=True)
    return exported(i, L.Dense(3, activation="softmax")(x))


class SharedDropout(L.Layer):
    """Two calls of one dropout."""

    def __init__(self):
        super().__init__()
        self.dropout = L.Dropout(0.4, seed=3)

    def call(self, x):
        return self.dropout(self.dropout(x, training=True) + x, training=True)


@model
def shared_dropout():
    i = keras.Input((5,))
    return exported(i, L.Dense(3)(SharedDropout()(L.Dense(8)(i))))


class Counting(tf.Module):
    """Draws of a generator and a count that is read between its changes."""

    def __init__(self):
        self.generator = tf.random.Generator.from_seed(4)
        self.weight = tf.Variable(np.ones((5, 3), "float32"))
        self.count = tf.Variable(0.0, trainable=False)

    @tf.function
    def raised(self, by):
        before = self.count.read_value()
        self.count.assign_add(by)
        return before

    @tf.function(input_signature=[tf.TensorSpec((None, 5))])
    def __call__(self, x):
        a = self.generator.normal((3,))
        before = self.raised(1.0)
        b = self.generator.uniform((3,)) * self.count
        between = self.raised(2.0) - before
        self.count.assign(self.count * 2 + 1)
        return {"y": x @ self.weight + a + b + self.count + between}


@model
def generator_and_count():
    module = Counting()
    return lambda folder: tf.saved_model.save(
        module, folder, signatures={"serving_default": module.__call__}
    )


@model
def normalizations():
    i = keras.Input((8, 8, 4))
    x = L.BatchNormalization()(L.Conv2D(4, 3)(i))
    x = L.BatchNormalization(scale=False)(L.GroupNormalization(2)(L.LayerNormalization()(x)))
    return exported(i, L.Dense(3, activation="softmax")(L.Dropout(0.5)(L.Flatten()(x))))


@model
def active_normalization():
    i = keras.Input((5,))
    x = L.BatchNormalization()(L.Dense(4)(i), training=False)
    x = L.BatchNormalization()(x, training=True)
    return exported(i, L.Dense(3, activation="softmax")(x))


@model
def recurrent():
    i = keras.Input((4, 5))
    return exported(i, L.Dense(3)(L.LSTM(4, name="memory")(i)))


@tf.custom_gradient
def reversed_gradient(x):
    return tf.identity(x), lambda upstream: -upstream


class OwnGradients(tf.Module):
    """Functions with gradients of their own: nested, called twice, with several arguments, with variables."""

    def __init__(self, only_first=False):
        rng = np.random.default_rng(1)
        self.a = tf.Variable(rng.normal(0, 0.4, (5, 8)).astype("float32"), name="a")
        self.b = tf.Variable(rng.normal(0, 0.4, (8, 3)).astype("float32"), name="b")
        self.scale = tf.Variable(np.full(8, 0.7, "float32"), name="scale")
        self.only_first = only_first

    def scaled(self, x):
        @tf.custom_gradient
        def scaled(x):
            y = tf.exp(reversed_gradient(x)) * self.scale

            def gradient(upstream, variables=None):
                return upstream * y, [tf.reduce_sum(upstream * x, 0) * 3.0 for _ in variables]

            return y, gradient

        return scaled(x)

    @tf.function
    def inner(self, x):
        return reversed_gradient(self.scaled(x)) * 0.5

    @tf.custom_gradient
    def product(x, y, count):
        product = x * y
        shifted = tf.sin(x) + tf.cast(count, tf.float32)

        def gradient(of_product, of_shifted):
            return of_product * y + 2.0 * of_shifted, tf.reduce_sum(of_product * x, 0), None

        return (product, shifted), gradient

    @tf.function(input_signature=[tf.TensorSpec((None, 5), name="x")])
    def __call__(self, x):
        h = tf.tanh(x @ self.a)
        if self.only_first:
            return {"y": reversed_gradient(h) @ self.b}
        product, shifted = OwnGradients.product(h, self.scale, tf.constant(3))
        return {"y": (self.inner(self.inner(product)) + shifted) @ self.b}


def saved(module, **options):
    return lambda folder: tf.saved_model.save(
        module,
        folder,
        signatures={"serving_default": module.__call__},
        options=tf.saved_model.SaveOptions(**options),
    )


@model
def own_gradients():
    return saved(OwnGradients())


@model
def lost_gradient():
    return saved(OwnGradients(only_first=True), experimental_custom_gradients=False)


@model
def jax_backend():
    program = (
        "import sys, keras; i = keras.Input((5,));"
        "keras.Model(i, keras.layers.Dense(3)(i)).export(sys.argv[1], verbose=False)"
    )
    environment = dict(os.environ, KERAS_BACKEND="jax")
    return lambda folder: subprocess.run(
        [sys.executable, "-c", program, folder], env=environment, check=True
    )


def write(out, names):
    os.makedirs(out, exist_ok=True)
    for name in names or MODELS:
        keras.backend.clear_session()
        keras.utils.set_random_seed(7)
        with tempfile.TemporaryDirectory() as work:
            folder = os.path.join(work, "model")
            MODELS[name]()(folder)
            path = os.path.join(out, name + ".zip")
            with zipfile.ZipFile(path, "w") as archive:
                for root, _, files in sorted(os.walk(folder)):
                    for file in sorted(files):
                        full = os.path.join(root, file)
                        entry = zipfile.ZipInfo(os.path.relpath(full, work))
                        archive.writestr(entry, open(full, "rb").read(), zipfile.ZIP_DEFLATED, 9)
            print(f"{name}: {os.path.getsize(path)} bytes")


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2:])
