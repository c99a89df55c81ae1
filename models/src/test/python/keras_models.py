"""Small models of Keras and TensorFlow with the gradients of stock TensorFlow, for the tests in Java.

  pip install tensorflow==2.21.0 keras==3.15.1
  python keras_models.py OUT [NAME ...]      writes OUT/NAME.zip; see reference.py for their content
  python keras_models.py check EXPORTS       EXPORTS/NAME are models that the library trained by one step of
                                             plain descent (KerasExports in Java): both loaders of
                                             TensorFlow must serve the same

The committed archives are those of OUT = models/src/test/resources/keras.
"""

import io
import json
import os
import sys
import tempfile
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np
import tensorflow as tf
from keras import layers as L

import reference

MODELS = {}
EXAMPLES = 6
SEED = 7
RESOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "resources", "keras")


class Made:
    """A model, what is fed to it, and how it is saved."""

    def __init__(self, model, inputs, export=None, named=None, trained=None):
        self.model = model
        self.inputs = inputs
        self.export = export or (lambda folder: model.export(folder, verbose=False))
        self.named = named or {v.path: v for v in model.variables}
        self.trained = trained if trained is not None else [v.path for v in model.trainable_variables]


def model(make):
    MODELS[make.__name__] = make
    return make


def normal(*shape, dtype="float32"):
    return np.random.default_rng(11).normal(0, 1, (EXAMPLES,) + shape).astype(dtype)


def integers(limit, *shape, dtype="int32"):
    return np.random.default_rng(12).integers(0, limit, (EXAMPLES,) + shape).astype(dtype)


def image(*shape):
    return normal(*(shape or (8, 8, 3)))


def functional(inputs, outputs, *values):
    return Made(keras.Model(inputs, outputs), list(values))


# --- convolutions


@model
def conv_batchnorm():
    i = keras.Input((8, 8, 3))
    x = L.Conv2D(4, 3, padding="same", use_bias=False)(i)
    x = L.ReLU()(L.BatchNormalization()(x))
    x = L.MaxPooling2D()(x)
    x = L.Conv2D(6, 3, strides=2, padding="same")(x)
    x = L.ReLU()(L.BatchNormalization()(x))
    return functional(i, L.Dense(3)(L.GlobalAveragePooling2D()(x)), image())


@model
def conv_bias():
    i = keras.Input((8, 8, 3))
    x = L.Conv2D(4, 3, activation="relu")(i)
    x = L.AveragePooling2D(2)(L.Conv2D(5, (1, 3), activation="tanh")(x))
    return functional(i, L.Dense(3)(L.Flatten()(x)), image())


@model
def depthwise():
    i = keras.Input((8, 8, 3))
    x = L.Conv2D(4, 1, activation="tanh")(i)
    x = L.DepthwiseConv2D(3, depth_multiplier=2, activation="tanh", padding="same")(x)
    return functional(i, L.Dense(3)(L.GlobalAveragePooling2D()(x)), image())


@model
def separable():
    i = keras.Input((8, 8, 3))
    x = L.SeparableConv2D(6, 3, activation="tanh")(i)
    x = L.SeparableConv2D(5, 3, strides=2, use_bias=False)(x)
    return functional(i, L.Dense(3)(L.GlobalAveragePooling2D()(x)), image())


@model
def dilated_conv():
    i = keras.Input((9, 9, 3))
    x = L.Conv2D(4, 3, activation="tanh", padding="same", dilation_rate=2)(i)
    x = L.Conv2D(5, 1, activation="tanh", dilation_rate=3)(x)
    return functional(i, L.Dense(3)(L.GlobalAveragePooling2D()(x)), image(9, 9, 3))


@model
def grouped_conv():
    i = keras.Input((8, 8, 4))
    x = L.Conv2D(6, 3, groups=2, activation="tanh")(i)
    return functional(i, L.Dense(3)(L.GlobalAveragePooling2D()(x)), image(8, 8, 4))


@model
def conv1d_causal():
    i = keras.Input((10, 4))
    x = L.Conv1D(5, 3, padding="causal", activation="tanh")(i)
    x = L.Conv1D(6, 2, padding="causal", dilation_rate=2, activation="tanh")(x)
    return functional(i, L.Dense(3)(L.GlobalAveragePooling1D()(x)), normal(10, 4))


@model
def separable_conv1d():
    i = keras.Input((10, 4))
    x = L.DepthwiseConv1D(3, activation="tanh")(i)
    x = L.SeparableConv1D(6, 3, activation="tanh")(x)
    return functional(i, L.Dense(3)(L.GlobalAveragePooling1D()(x)), normal(10, 4))


@model
def conv_transpose():
    i = keras.Input((4, 4, 3))
    x = L.Conv2DTranspose(4, 3, strides=2, padding="same", activation="tanh")(i)
    x = L.Conv2D(5, 3, activation="tanh")(x)
    return functional(i, L.Dense(3)(L.GlobalAveragePooling2D()(x)), image(4, 4, 3))


@model
def conv3d():
    i = keras.Input((4, 6, 6, 2))
    x = L.Conv3D(4, 3, padding="same", activation="tanh")(i)
    x = L.Conv3D(5, (2, 3, 3), strides=(1, 2, 2))(x)
    return functional(i, L.Dense(3)(L.GlobalAveragePooling3D()(x)), image(4, 6, 6, 2))


@model
def residual():
    i = keras.Input((8, 8, 3))
    x = L.Conv2D(4, 3, padding="same", activation="relu")(i)
    y = L.BatchNormalization()(L.Conv2D(4, 3, padding="same", use_bias=False)(x))
    y = L.BatchNormalization()(L.Conv2D(4, 3, padding="same", use_bias=False)(L.ReLU()(y)))
    x = L.ReLU()(L.Add()([x, y]))
    return functional(i, L.Dense(3)(L.GlobalAveragePooling2D()(x)), image())


@model
def squeeze_excite():
    i = keras.Input((8, 8, 3))
    x = L.Conv2D(6, 3, activation="silu")(i)
    s = L.GlobalAveragePooling2D(keepdims=True)(x)
    s = L.Conv2D(6, 1, activation="sigmoid")(L.Conv2D(2, 1, activation="silu")(s))
    return functional(i, L.Dense(3)(L.GlobalAveragePooling2D()(L.Multiply()([x, s]))), image())


@model
def time_distributed_conv():
    i = keras.Input((3, 6, 6, 2))
    x = L.TimeDistributed(L.Conv2D(4, 3, activation="tanh"))(i)
    return functional(i, L.Dense(3)(L.Flatten()(L.TimeDistributed(L.GlobalAveragePooling2D())(x))), normal(3, 6, 6, 2))


@model
def alexnet_lrn():
    i = keras.Input((8, 8, 3))
    x = L.Conv2D(6, 3, activation="relu")(i)
    x = L.Lambda(lambda t: tf.nn.local_response_normalization(t, 2, 2.0, 1e-4, 0.75))(x * 20.0)
    return functional(i, L.Dense(3)(L.Flatten()(x)), image())


# --- sequences


@model
def lstm_unrolled():
    i = keras.Input((5, 4))
    return functional(i, L.Dense(3)(L.LSTM(5, unroll=True)(i)), normal(5, 4))


@model
def gru_unrolled():
    i = keras.Input((5, 4))
    return functional(i, L.Dense(3)(L.GRU(5, unroll=True)(i)), normal(5, 4))


@model
def gru_reset_before():
    i = keras.Input((5, 4))
    return functional(i, L.Dense(3)(L.GRU(5, unroll=True, reset_after=False)(i)), normal(5, 4))


@model
def simple_rnn():
    i = keras.Input((5, 4))
    x = L.SimpleRNN(6, unroll=True, return_sequences=True)(i)
    return functional(i, L.Dense(3)(L.Flatten()(x)), normal(5, 4))


@model
def bidirectional():
    i = keras.Input((4, 4))
    return functional(i, L.Dense(3)(L.Bidirectional(L.LSTM(3, unroll=True))(i)), normal(4, 4))


@model
def dense_sequence():
    i = keras.Input((5, 4))
    x = L.Dense(6, activation="tanh")(i)
    x = L.Dense(5, activation="gelu")(x)
    return functional(i, L.Dense(3)(L.GlobalAveragePooling1D()(x)), normal(5, 4))


@model
def log_softmax_sequence():
    i = keras.Input((5, 4))
    x = L.Dense(6, activation="tanh")(i)
    return functional(i, L.Dense(3, activation="log_softmax")(x), normal(5, 4))


@model
def attention():
    i = keras.Input((5, 6))
    q = L.Dense(6)(i)
    x = L.LayerNormalization()(L.MultiHeadAttention(2, 3)(q, q) + q)
    return functional(i, L.Dense(3)(L.GlobalAveragePooling1D()(x)), normal(5, 6))


class ClassToken(L.Layer):
    def build(self, shape):
        self.token = self.add_weight(shape=(1, 1, shape[-1]), initializer="normal", name="token")
        self.position = self.add_weight(shape=(1, shape[1] + 1, shape[-1]), initializer="normal", name="position")

    def call(self, x):
        token = keras.ops.broadcast_to(self.token, (keras.ops.shape(x)[0], 1, self.token.shape[-1]))
        return keras.ops.concatenate([token, x], axis=1) + self.position


@model
def vision_transformer():
    i = keras.Input((8, 8, 3))
    x = L.Conv2D(8, 4, strides=4, name="patches")(i)
    x = ClassToken(name="embedding")(L.Reshape((4, 8))(x))
    for block in range(2):
        y = L.LayerNormalization(epsilon=1e-6)(x)
        x = x + L.MultiHeadAttention(2, 4, name=f"attention_{block}")(y, y)
        y = L.LayerNormalization(epsilon=1e-6)(x)
        y = L.Dense(12, activation=lambda t: keras.activations.gelu(t, approximate=False), name=f"up_{block}")(y)
        x = x + L.Dense(8, name=f"down_{block}")(y)
    x = L.LayerNormalization(epsilon=1e-6)(x)
    return functional(i, L.Dense(3, name="head")(x[:, 0]), image())


@model
def embedding():
    i = keras.Input((5,), dtype="int32")
    x = L.GlobalAveragePooling1D()(L.Embedding(9, 4)(i))
    return functional(i, L.Dense(3)(x), integers(9, 5))


@model
def einsum_dense():
    i = keras.Input((5, 4))
    x = L.EinsumDense("abc,cde->abde", output_shape=(5, 2, 3), bias_axes="de", activation="tanh")(i)
    x = L.EinsumDense("abde,def->abf", output_shape=(5, 4), bias_axes="f", activation="tanh")(x)
    return functional(i, L.Dense(3)(L.Flatten()(x)), normal(5, 4))


# --- normalization


@model
def layer_norm():
    i = keras.Input((8,))
    x = L.LayerNormalization()(L.Dense(6)(i))
    return functional(i, L.Dense(3)(keras.activations.gelu(x, approximate=True)), normal(8))


@model
def group_norm():
    i = keras.Input((6, 6, 3))
    x = L.GroupNormalization(2)(L.Conv2D(4, 3)(i))
    return functional(i, L.Dense(3)(L.GlobalAveragePooling2D()(keras.ops.relu(x))), image(6, 6, 3))


@model
def rms_norm():
    i = keras.Input((8,))
    return functional(i, L.Dense(3)(L.RMSNormalization()(L.Dense(6, activation="tanh")(i))), normal(8))


@model
def batchnorm_dense():
    i = keras.Input((8,))
    x = L.BatchNormalization()(L.Dense(6, use_bias=False)(i))
    return functional(i, L.Dense(3)(L.Dropout(0.3)(keras.ops.relu(x))), normal(8))


# --- inputs and outputs


@model
def two_inputs():
    a = keras.Input((8,), name="left")
    b = keras.Input((5,), name="right")
    x = L.Concatenate()([L.Dense(4, activation="tanh")(a), L.Dense(3, activation="tanh")(b)])
    return Made(keras.Model([a, b], L.Dense(3)(x)), {"left": normal(8), "right": normal(5)})


@model
def two_outputs():
    i = keras.Input((8,))
    x = L.Dense(6, activation="tanh")(i)
    return functional(i, {"scores": L.Dense(3, name="scores")(x), "value": L.Dense(1, name="value")(x)}, normal(8))


@model
def shared_dense():
    i = keras.Input((8,))
    shared = L.Dense(8, activation="tanh", name="shared")
    return functional(i, L.Dense(3)(shared(shared(i))), normal(8))


@model
def normalized_input():
    i = keras.Input((8,))
    statistics = L.Normalization()
    statistics.adapt(2 + 3 * np.random.default_rng(5).normal(0, 1, (40, 8)))
    return functional(i, L.Dense(3)(L.Dense(5, activation="relu")(statistics(L.Rescaling(2.0, 1.0)(i)))), normal(8))


@model
def category_encoding():
    i = keras.Input((6,), dtype="int32")
    return functional(i, L.Dense(3)(L.CategoryEncoding(11, "multi_hot")(i)), integers(11, 6))


@model
def string_lookup():
    i = keras.Input((2,), dtype="string")
    x = L.StringLookup(vocabulary=["red", "green", "blue"])(i)
    x = L.Flatten()(L.Embedding(4, 3)(x))
    words = np.array([["red", "blue"], ["green", "red"], ["pink", "blue"]] * 2)
    return functional(i, L.Dense(3)(x), words)


@model
def uint8_input():
    i = keras.Input((8, 8, 3), dtype="uint8")
    x = L.Conv2D(4, 3, activation="relu")(L.Rescaling(1 / 255)(i))
    return functional(i, L.Dense(3)(L.GlobalAveragePooling2D()(x)), integers(256, 8, 8, 3, dtype="uint8"))


@model
def softmax_classifier():
    i = keras.Input((8,))
    return functional(i, L.Dense(3, activation="softmax")(L.Dense(6, activation="relu")(i)), normal(8))


@model
def sigmoid_classifier():
    i = keras.Input((8,))
    return functional(i, L.Dense(1, activation="sigmoid")(L.Dense(6, activation="relu")(i)), normal(8))


# --- types


def with_policy(policy, make):
    keras.config.set_dtype_policy(policy)
    try:
        return make()
    finally:
        keras.config.set_dtype_policy("float32")


def small_image_network(head_type, value):
    i = keras.Input((6, 6, 3), dtype=str(value.dtype))
    x = L.MaxPooling2D()(L.Conv2D(4, 3, activation="relu")(i))
    x = L.Dense(6, activation="tanh")(L.Flatten()(x))
    return functional(i, L.Activation("softmax", dtype=head_type)(L.Dense(3)(x)), value)


@model
def mixed_float16():
    return with_policy("mixed_float16", lambda: small_image_network("float32", image(6, 6, 3)))


@model
def mixed_bfloat16():
    return with_policy("mixed_bfloat16", lambda: small_image_network("float32", image(6, 6, 3)))


@model
def float64_policy():
    return with_policy("float64", lambda: small_image_network("float64", normal(6, 6, 3, dtype="float64")))


# --- what is trained


@model
def frozen():
    i = keras.Input((8, 8, 3))
    x = L.BatchNormalization(name="bn")(L.Conv2D(4, 3, activation="relu", name="base")(i))
    x = L.Dense(8, activation="relu", name="mid")(L.GlobalAveragePooling2D()(x))
    made = keras.Model(i, L.Dense(3, name="top")(x))
    made.get_layer("base").trainable = False
    made.get_layer("bn").trainable = False
    return Made(made, [image()])


@model
def lora():
    i = keras.Input((8,))
    first = L.Dense(6, activation="tanh", name="first")
    second = L.Dense(5, activation="tanh", name="second")
    made = keras.Model(i, L.Dense(3, name="top")(second(first(i))))
    first.enable_lora(2)
    second.enable_lora(2)
    return Made(made, [normal(8)])


@model
def nested():
    inner_input = keras.Input((8,), name="inner_input")
    inner = keras.Model(inner_input, L.Dense(6, activation="tanh", name="hidden")(inner_input), name="backbone")
    i = keras.Input((8,))
    return functional(i, L.Dense(3, name="head")(inner(i)), normal(8))


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.blocks = [L.Dense(6, activation="tanh"), L.Dense(5, activation="relu")]
        self.head = L.Dense(3)
        self.gain = self.add_weight(shape=(5,), initializer="ones", name="gain")

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x * self.gain)


@model
def subclassed():
    made = Subclassed()
    made(normal(8))
    return Made(made, [normal(8)])


@model
def saved_with_tf():
    i = keras.Input((8, 8, 3))
    x = L.BatchNormalization()(L.Conv2D(4, 3, activation="relu")(i))
    made = keras.Model(i, L.Dense(3)(L.GlobalAveragePooling2D()(x)))
    call = tf.function(lambda x: {"output_0": made(x)}, input_signature=[tf.TensorSpec((None, 8, 8, 3), name="x")])
    return Made(made, [image()], lambda folder: tf.saved_model.save(made, folder, signatures=call.get_concrete_function()))


class Layers(tf.Module):
    """Variables in a list, as tf.Module keeps them."""

    def __init__(self):
        super().__init__()
        rng = np.random.default_rng(21)
        sizes = [8, 6, 5, 3]
        self.weights = [
            tf.Variable(rng.normal(0, 0.4, (a, b)).astype("float32"), name=f"weight{i}")
            for i, (a, b) in enumerate(zip(sizes, sizes[1:]))
        ]
        self.biases = [tf.Variable(tf.zeros(b), name=f"bias{i}") for i, b in enumerate(sizes[1:])]
        self.scale = tf.Variable(1.5, trainable=False, name="scale")

    @tf.function(input_signature=[tf.TensorSpec((None, 8), name="x")])
    def __call__(self, x):
        for weight, bias in zip(self.weights, self.biases):
            x = tf.tanh(tf.matmul(x, weight) + bias)
        return {"y": x * self.scale}


class Branches(tf.Module):
    """Variables in dictionaries; both branches end in the same head."""

    def __init__(self):
        super().__init__()
        rng = np.random.default_rng(22)
        variable = lambda name, *shape: tf.Variable(rng.normal(0, 0.4, shape).astype("float32"), name=name)
        self.branch = {
            "left": {"kernel": variable("kernel", 4, 5), "bias": variable("bias", 5)},
            "right": {"kernel": variable("kernel", 4, 5), "bias": variable("bias", 5)},
        }
        self.head = variable("kernel", 5, 3)

    @tf.function(input_signature=[tf.TensorSpec((None, 8), name="x")])
    def __call__(self, x):
        total = 0.0
        for part, one in zip(tf.split(x, 2, axis=1), self.branch.values()):
            total += tf.matmul(tf.nn.relu(tf.matmul(part, one["kernel"]) + one["bias"]), self.head)
        return {"y": total}


def saved_module(module):
    named = {}
    for path, variable in module._flatten(with_path=True, predicate=lambda v: isinstance(v, tf.Variable)):
        named["/".join(str(p) for p in path)] = variable
    trained = [name for name, variable in named.items() if variable.trainable]
    return Made(module, [normal(8)], lambda folder: tf.saved_model.save(module, folder), named, trained)


@model
def module_list():
    return saved_module(Layers())


@model
def module_dict():
    return saved_module(Branches())


# --- gradients of their own


class OwnGradient(L.Layer):
    def __init__(self, function, **options):
        super().__init__(**options)
        self.function = function

    def call(self, x):
        return self.function(x)

    def compute_output_shape(self, shape):
        return shape


def own_gradient(function):
    i = keras.Input((8,))
    x = OwnGradient(function)(L.Dense(6, activation="tanh", name="before")(i))
    return functional(i, L.Dense(3, name="after")(x), normal(8))


@tf.custom_gradient
def reversed_gradient(x):
    return tf.identity(x), lambda upstream: -upstream


@tf.custom_gradient
def clipped_gradient(x):
    return tf.identity(x), lambda upstream: tf.clip_by_value(upstream, -0.02, 0.02)


@tf.custom_gradient
def straight_through(x):
    return tf.round(x * 4.0) / 4.0, lambda upstream: upstream


@model
def gradient_reversal():
    return own_gradient(reversed_gradient)


@model
def gradient_clipping():
    return own_gradient(clipped_gradient)


@model
def straight_through_rounding():
    return own_gradient(straight_through)


@model
def gradient_twice():
    i = keras.Input((8,))
    shared = OwnGradient(clipped_gradient)
    dense = L.Dense(6, activation="tanh", name="shared")
    x = shared(dense(shared(L.Dense(6, activation="tanh", name="before")(i))))
    return functional(i, L.Dense(3, name="after")(dense(x) + x), normal(8))


@model
def gradient_passed_through():
    return own_gradient(tf.grad_pass_through(lambda x: tf.round(x * 3.0) * 0.5))


class Recomputed(L.Layer):
    """Lookup, dense layer and activation are computed once more in the backward pass."""

    def build(self, shape):
        self.table = self.add_weight(shape=(7, 6), name="table")
        self.kernel = self.add_weight(shape=(6, 5), name="kernel")

    def call(self, ids):
        @tf.recompute_grad
        def computed(ids):
            rows = tf.gather(self.table.value, ids)
            return tf.reduce_mean(tf.tanh(tf.matmul(rows, self.kernel.value)), 1)

        return computed(ids)

    def compute_output_shape(self, shape):
        return (shape[0], 5)


@model
def gradient_recomputed():
    i = keras.Input((4,), dtype="int32")
    return functional(i, L.Dense(3)(Recomputed()(i)), integers(7, 4))


class OwnGradients(tf.Module):
    """Functions with own gradients: nested, called twice, of several arguments, with variables and kwargs."""

    def __init__(self):
        super().__init__()
        rng = np.random.default_rng(1)
        self.a = tf.Variable(rng.normal(0, 0.4, (8, 6)).astype("float32"), name="a")
        self.b = tf.Variable(rng.normal(0, 0.4, (6, 3)).astype("float32"), name="b")
        self.scale = tf.Variable(np.full(6, 0.7, "float32"), name="scale")
        self.strength = tf.Variable(0.3, trainable=False, name="strength")
        self.table = tf.constant(rng.normal(0, 0.4, 6).astype("float32"))

    def scaled(self, x, power=1.0):
        @tf.custom_gradient
        def scaled(x):
            y = tf.exp(reversed_gradient(x) * power) * self.scale

            def gradient(upstream, variables=None):
                of_scale = [tf.reduce_sum(upstream * x, 0) * 3.0 for _ in variables]
                return upstream * y * self.strength + self.table * upstream, of_scale

            return y, gradient

        return scaled(x)

    @tf.function
    def inner(self, x):
        return reversed_gradient(self.scaled(x, power=0.5)) * 0.5

    @tf.custom_gradient
    def product(x, y, count):
        product = x * y
        shifted = tf.sin(x) + tf.cast(count, tf.float32)

        def gradient(of_product, of_shifted):
            return of_product * y + 2.0 * of_shifted, tf.reduce_sum(of_product * x, 0), None

        return (product, shifted), gradient

    @tf.function(input_signature=[tf.TensorSpec((None, 8), name="x")])
    def __call__(self, x):
        h = tf.tanh(x @ self.a) + self.table
        product, shifted = OwnGradients.product(h, self.scale, tf.constant(3))
        only_one, _ = OwnGradients.product(2.0 * h, self.scale, tf.constant(1))
        return {"y": (self.inner(self.inner(product)) + shifted * 0.1 + only_one) @ self.b}


@model
def gradient_module():
    return saved_module(OwnGradients())


def make(name):
    keras.backend.clear_session()
    keras.utils.set_random_seed(SEED)
    made = MODELS[name]()
    reference.distinct(made.named.values(), SEED)
    return made


def write(out, names):
    os.makedirs(out, exist_ok=True)
    for name in names or MODELS:
        made = make(name)
        path = os.path.join(out, name + ".zip")
        text = reference.write(path, made.export, made.inputs, made.named, made.trained)
        several = max(len(v["keys"]) for v in text["variables"])
        print(f"{name}: {os.path.getsize(path)} bytes, {len(made.trained)} trained, up to {several} keys each")


def require_unrestored(name, inputs):
    """Fails if the session loader serves the original, as it does unless tf.saved_model.save wrote a Keras model."""
    with tempfile.TemporaryDirectory() as work:
        with zipfile.ZipFile(os.path.join(RESOURCES, name + ".zip")) as archive:
            archive.extractall(work)
        try:
            reference.outputs_of_session(os.path.join(work, "model"), inputs)
        except tf.errors.FailedPreconditionError:
            return
    raise AssertionError(f"{name}: the session loader serves the original and not the export")


def check(exports):
    """Fails unless both loaders serve equal outputs, other than the untrained ones, from every export."""
    worst = 0.0
    for name in sorted(os.listdir(exports)):
        folder = os.path.join(exports, name)
        loaded, function, _ = reference.signature_of(folder)
        with zipfile.ZipFile(os.path.join(RESOURCES, name + ".zip")) as archive:
            untrained = np.load(io.BytesIO(archive.read("reference.npz")))
            inputs = reference.inputs_of(json.loads(archive.read("reference.json")), untrained)
        new = reference.call(function, {k: tf.constant(v) for k, v in inputs.items()})
        try:
            old = reference.outputs_of_session(folder, inputs)
        except tf.errors.FailedPreconditionError:
            require_unrestored(name, inputs)
            print(f"{name}: the session loader does not restore the variables of the original either")
            continue
        difference = change = 0.0
        for output, value in new.items():
            exact = np.asarray(tf.cast(value, "float64"))
            scale = max(1.0, np.abs(exact).max())
            session = np.asarray(old[output]).astype("float64")
            difference = max(difference, np.abs(exact - session).max() / scale)
            change = max(change, np.abs(exact - untrained[f"output/{output}"]).max() / scale)
        print(f"{name}: loaders differ by {difference:.1e}; the step changed the outputs by {change:.1e}")
        worst = max(worst, difference if change > 1e-6 else float("inf"))
    print(f"{len(os.listdir(exports))} models, largest difference {worst:.1e}")
    return worst <= 1e-6


if __name__ == "__main__":
    if sys.argv[1] == "check":
        sys.exit(0 if check(sys.argv[2]) else 1)
    write(sys.argv[1], sys.argv[2:])
