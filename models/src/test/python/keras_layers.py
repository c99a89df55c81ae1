"""Keras layer by layer: tiny models with the outputs and gradients of stock TensorFlow, for docs/guide/keras-layers.md.

  pip install tensorflow==2.21.0 keras==3.15.1 jax==0.10.0
  python keras_layers.py OUT [ROW ...]      writes OUT/SECTION.zip; ROW/model, ROW/reference.json and ROW/reference.npz
                                            are as reference.py describes them; OUT/rows.json lists the rows, with the
                                            reason for those that Keras itself does not export

The committed archives are those of OUT = models/src/test/resources/keras-layers; KerasLayersTable in Java makes the
document from them. A row is Input -> a layer with weights, called `pre` -> the thing -> Flatten -> Dense(3), called
`head`, unless it says otherwise. Inputs: v [8], s [6, 5], i [8, 8, 3], c [4, 4, 4, 2], ids integers [6] below 11.
"""

import json
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
from keras import activations as A
from keras import layers as L
from keras import ops as O

import reference
from keras_models import EXAMPLES, SEED, Made, OwnGradient, integers, normal, reversed_gradient, with_policy

ROWS = {}
SHAPES = {"v": (8,), "s": (6, 5), "i": (8, 8, 3), "c": (4, 4, 4, 2), "ids": (6,)}


def row(name, make, section):
    assert name not in ROWS, name
    ROWS[name] = (section, make)


def values(kind, dtype="float32"):
    return integers(11, 6) if kind == "ids" else normal(*SHAPES[kind], dtype=dtype)


def before(kind):
    if kind == "i":
        return L.Conv2D(4, 3, padding="same", name="pre")
    return L.Dense({"v": 8, "s": 5, "c": 2}[kind], name="pre")


def whole(kind, make, dtype=None):
    """A model of which only the head is given."""
    i = keras.Input(SHAPES[kind], dtype=dtype or ("int32" if kind == "ids" else None))
    y = make(i)
    if len(y.shape) == 1:
        y = O.expand_dims(y, -1)
    made = keras.Model(i, L.Dense(3, name="head")(L.Flatten()(y) if len(y.shape) > 2 else y))
    return Made(made, [values(kind, dtype or "float32")])


def after_pre(kind, make):
    return whole(kind, lambda i: make(before(kind)(i)))


def layer(name, kind, make):
    row(name, lambda: after_pre(kind, make), "layers")


def bare(name, kind, make):
    row(name, lambda: whole(kind, make), "layers")


# --- layers with weights

bare("dense", "v", lambda x: L.Dense(5, activation="tanh")(x))
bare("dense_nobias", "v", lambda x: L.Dense(5, use_bias=False)(x))
bare("dense_rank3", "s", lambda x: L.Dense(4, activation="tanh")(x))
bare("dense_rank4", "i", lambda x: L.Dense(4, activation="tanh")(x))
layer("einsum_dense", "s", lambda x: L.EinsumDense("abc,cd->abd", (6, 4), bias_axes="d")(x))
layer("einsum_dense_out", "s", lambda x: L.EinsumDense("abde,def->abf", (6, 4), bias_axes="f")(L.EinsumDense("abc,cde->abde", (6, 2, 3), bias_axes="de")(x)))
layer("einsum_dense_ax1", "s", lambda x: L.EinsumDense("abc,bd->adc", (4, 5), bias_axes="d")(x))
layer("conv1d_same", "s", lambda x: L.Conv1D(4, 3, padding="same")(x))
layer("conv1d_causal", "s", lambda x: L.Conv1D(4, 3, padding="causal")(x))
layer("conv1d_causal_dil2", "s", lambda x: L.Conv1D(4, 3, padding="causal", dilation_rate=2)(x))
layer("conv1d_stride2", "s", lambda x: L.Conv1D(4, 3, strides=2)(x))
layer("conv2d_same", "i", lambda x: L.Conv2D(4, 3, padding="same")(x))
layer("conv2d_stride2", "i", lambda x: L.Conv2D(4, 3, strides=2, padding="same")(x))
layer("conv2d_dil2", "i", lambda x: L.Conv2D(4, 3, dilation_rate=2)(x))
layer("conv2d_groups2", "i", lambda x: L.Conv2D(4, 3, groups=2)(x))
layer("conv2d_channels_first", "i", lambda x: L.Conv2D(4, 3, data_format="channels_first")(L.Permute((3, 1, 2))(x)))
layer("conv3d", "c", lambda x: L.Conv3D(3, 2)(x))
layer("conv1d_transpose", "s", lambda x: L.Conv1DTranspose(4, 3, strides=2)(x))
layer("conv2d_transpose", "i", lambda x: L.Conv2DTranspose(4, 3, strides=2, padding="same")(x))
layer("conv3d_transpose", "c", lambda x: L.Conv3DTranspose(3, 2, strides=2)(x))
layer("depthwise1d", "s", lambda x: L.DepthwiseConv1D(3)(x))
layer("depthwise2d", "i", lambda x: L.DepthwiseConv2D(3)(x))
layer("depthwise2d_stride2", "i", lambda x: L.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2)(x))
layer("depthwise2d_dil2", "i", lambda x: L.DepthwiseConv2D(3, dilation_rate=2)(x))
layer("separable1d", "s", lambda x: L.SeparableConv1D(4, 3)(x))
layer("separable2d", "i", lambda x: L.SeparableConv2D(4, 3)(x))
layer("batchnorm_2d", "v", lambda x: L.BatchNormalization()(x))
layer("batchnorm_4d", "i", lambda x: L.BatchNormalization()(x))
layer("batchnorm_4d_noscale", "i", lambda x: L.BatchNormalization(scale=False, center=False)(x))
layer("layernorm", "v", lambda x: L.LayerNormalization()(x))
layer("layernorm_axes12", "s", lambda x: L.LayerNormalization(axis=(1, 2))(x))
layer("layernorm_rms", "s", lambda x: L.LayerNormalization(rms_scaling=True)(x))
layer("rmsnorm", "s", lambda x: L.RMSNormalization()(x))
layer("groupnorm", "i", lambda x: L.GroupNormalization(2)(x))
layer("groupnorm_instance", "i", lambda x: L.GroupNormalization(-1)(x))
layer("unitnorm", "v", lambda x: L.UnitNormalization()(x))
layer("spectralnorm", "v", lambda x: L.SpectralNormalization(L.Dense(5))(x))
layer("mha", "s", lambda x: L.MultiHeadAttention(2, 3)(x, x))
layer("mha_causal", "s", lambda x: L.MultiHeadAttention(2, 3)(x, x, use_causal_mask=True))
layer("gqa", "s", lambda x: L.GroupQueryAttention(3, 4, 2)(x, x))
layer("attention", "s", lambda x: L.Attention(use_scale=True)([x, x]))
layer("attention_concat", "s", lambda x: L.Attention(score_mode="concat")([x, x]))
layer("additive_attention", "s", lambda x: L.AdditiveAttention()([x, x]))
bare("embedding", "ids", lambda x: L.Embedding(11, 4)(x))
bare("embedding_mask_lstm", "ids", lambda x: L.LSTM(4, unroll=True)(L.Embedding(11, 4, mask_zero=True)(x)))
bare("embedding_mask_gru", "ids", lambda x: L.GRU(4, unroll=True)(L.Embedding(11, 4, mask_zero=True)(x)))


def reversible(tied):
    def make(x):
        table = L.ReversibleEmbedding(11, 4, tie_weights=tied)
        return table(L.Dense(4, name="mid")(table(x)), reverse=True)

    return make


bare("reversible_embedding", "ids", reversible(True))
bare("reversible_embedding_untied", "ids", reversible(False))
layer("lstm_unrolled", "s", lambda x: L.LSTM(4, unroll=True)(x))
layer("lstm_loop", "s", lambda x: L.LSTM(4)(x))
layer("gru_unrolled", "s", lambda x: L.GRU(4, unroll=True)(x))
layer("gru_unrolled_reset_before", "s", lambda x: L.GRU(4, unroll=True, reset_after=False)(x))
layer("gru_loop", "s", lambda x: L.GRU(4)(x))
layer("simplernn_unrolled", "s", lambda x: L.SimpleRNN(4, unroll=True)(x))
layer("simplernn_loop", "s", lambda x: L.SimpleRNN(4)(x))
layer("bidirectional_unrolled", "s", lambda x: L.Bidirectional(L.LSTM(3, unroll=True))(x))
layer("rnn_stackedcells_unrolled", "s", lambda x: L.RNN([L.LSTMCell(3), L.GRUCell(4)], unroll=True)(x))
layer("timedistributed_dense", "s", lambda x: L.TimeDistributed(L.Dense(4))(x))
layer("timedistributed_conv", "c", lambda x: L.TimeDistributed(L.Conv2D(3, 2))(x))
layer("convlstm1d_unrolled", "i", lambda x: L.ConvLSTM1D(3, 2, unroll=True)(x))
layer("convlstm2d_unrolled", "c", lambda x: L.ConvLSTM2D(2, 2, unroll=True)(x))
layer("bidirectional_sum_gru", "s", lambda x: L.Bidirectional(L.GRU(3, unroll=True), merge_mode="sum")(x))

# --- pooling, reshaping, merging

for size in (1, 2, 3):
    kind = "sic"[size - 1]
    for pool in ("Max", "Average"):
        short = {"Max": "max", "Average": "avg"}[pool]
        layer(f"{short}pool{size}d", kind, lambda x, p=pool, n=size: getattr(L, f"{p}Pooling{n}D")(2)(x))
        layer(f"g{short}pool{size}d", kind, lambda x, p=pool, n=size: getattr(L, f"Global{p}Pooling{n}D")()(x))
        layer(f"adaptive_{short}{size}d", kind, lambda x, p=pool, n=size: getattr(L, f"Adaptive{p}Pooling{n}D")(2)(x))
layer("maxpool2d_same3", "i", lambda x: L.MaxPooling2D(3, 2, padding="same")(x))
layer("avgpool2d_same3", "i", lambda x: L.AveragePooling2D(3, 2, padding="same")(x))
layer("upsampling1d", "s", lambda x: L.UpSampling1D(2)(x))
for how in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"):
    layer(f"upsampling2d_{how}", "i", lambda x, h=how: L.UpSampling2D(2, interpolation=h)(x))
layer("upsampling3d", "c", lambda x: L.UpSampling3D(2)(x))
for size in (1, 2, 3):
    kind = "sic"[size - 1]
    layer(f"zeropad{size}d", kind, lambda x, n=size: getattr(L, f"ZeroPadding{n}D")(1)(x))
    layer(f"cropping{size}d", kind, lambda x, n=size: getattr(L, f"Cropping{n}D")(1)(x))
layer("centercrop", "i", lambda x: L.CenterCrop(4, 5)(x))
for how in ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5"):
    layer(f"resizing_{how}", "i", lambda x, h=how: L.Resizing(5, 12, interpolation=h)(x))
layer("resizing_antialias", "i", lambda x: L.Resizing(5, 5, antialias=True)(x))
layer("rescaling", "i", lambda x: L.Rescaling(0.5, 0.1)(x))
layer("normalization", "v", lambda x: L.Normalization(mean=np.linspace(-1, 1, 8), variance=np.linspace(1, 2, 8))(x))


def adapted(x):
    statistics = L.Normalization()
    statistics.adapt(2 + 3 * np.random.default_rng(5).normal(0, 1, (40, 8)))
    return L.Dense(5)(statistics(x))


bare("normalization_adapted", "v", adapted)
for mode in ("multi_hot", "count"):
    bare(f"category_{mode}", "ids", lambda x, m=mode: L.CategoryEncoding(11, m)(x))
row("category_onehot", lambda: Made(one_hot(), [integers(11, 1)]), "layers")


def one_hot():
    i = keras.Input((1,), dtype="int32")
    return keras.Model(i, L.Dense(3, name="head")(L.CategoryEncoding(11, "one_hot")(i)))


def embedded(lookup):
    return lambda x: L.Embedding(12, 3)(lookup()(x))


bare("discretization", "v", embedded(lambda: L.Discretization(bin_boundaries=[-1.0, 0.0, 1.0])))
bare("hashing", "ids", embedded(lambda: L.Hashing(12)))
bare("integerlookup", "ids", embedded(lambda: L.IntegerLookup(vocabulary=[1, 3, 5, 7])))
WORDS = np.array([["red", "blue"], ["green", "red"], ["pink", "blue"]] * 2)


def of_words(make, words=WORDS):
    i = keras.Input(words.shape[1:], dtype="string")
    return Made(keras.Model(i, L.Dense(3, name="head")(L.Flatten()(make(i)))), [words])


def crossing():
    i = keras.Input((1,), dtype="int32", name="left")
    j = keras.Input((1,), dtype="int32", name="right")
    x = L.Embedding(12, 3)(L.HashedCrossing(12)((i, j)))
    made = keras.Model([i, j], L.Dense(3, name="head")(L.Flatten()(x)))
    return Made(made, {"left": integers(4, 1), "right": integers(5, 1)})


row("hashedcrossing", crossing, "layers")
row("stringlookup", lambda: of_words(embedded(lambda: L.StringLookup(vocabulary=["red", "green", "blue"]))), "layers")
row("textvectorization", lambda: of_words(lambda x: L.Embedding(12, 3)(L.TextVectorization(vocabulary=["red", "green", "blue"], output_sequence_length=3)(x)), np.array([["red blue"], ["green"], ["pink red red"]] * 2)), "layers")
layer("permute", "s", lambda x: L.Permute((2, 1))(x))
layer("repeatvector", "v", lambda x: L.RepeatVector(3)(x))
layer("reshape", "v", lambda x: L.Reshape((2, 4))(x))
layer("flatten", "s", lambda x: L.Flatten()(x))
layer("identity", "v", lambda x: L.Identity()(x))
for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
    bare(f"merge_{name.lower()}", "v", lambda x, n=name: getattr(L, n)()([L.Dense(5)(x), L.Dense(5)(x)]))
bare("merge_dot", "s", lambda x: L.Dot((2, 2))([L.Dense(4)(x), L.Dense(4)(x)]))
bare("merge_dot_normalize", "v", lambda x: L.Dot(1, normalize=True)([L.Dense(4)(x), L.Dense(4)(x)]))
layer("softmax_layer", "s", lambda x: L.Softmax()(x))
layer("softmax_axis1", "s", lambda x: L.Softmax(axis=1)(x))
layer("softmax_mask", "s", lambda x: L.Softmax()(x, mask=O.greater(x, -0.5)))
layer("prelu", "i", lambda x: L.PReLU(shared_axes=(1, 2))(x))
layer("elu", "v", lambda x: L.ELU()(x))
layer("leaky_relu", "v", lambda x: L.LeakyReLU()(x))
layer("relu_max6", "v", lambda x: L.ReLU(max_value=6.0)(x))
layer("relu_slope_threshold", "v", lambda x: L.ReLU(negative_slope=0.1, threshold=0.2)(x))
layer("dropout", "v", lambda x: L.Dropout(0.4)(x))
layer("spatialdropout1d", "s", lambda x: L.SpatialDropout1D(0.4)(x))
layer("spatialdropout2d", "i", lambda x: L.SpatialDropout2D(0.4)(x))
layer("gaussiannoise", "v", lambda x: L.GaussianNoise(0.4)(x))
layer("gaussiandropout", "v", lambda x: L.GaussianDropout(0.4)(x))
layer("alphadropout", "v", lambda x: L.AlphaDropout(0.4)(x))
layer("gaussiannoise_training_true", "v", lambda x: L.GaussianNoise(0.4, seed=3)(x, training=True))
layer("dropout_training_true", "v", lambda x: L.Dropout(0.4, seed=3)(x, training=True))
layer("batchnorm_training_true", "v", lambda x: L.BatchNormalization()(x, training=True))
layer("masking_dense", "s", lambda x: L.Dense(4)(L.Masking()(x)))
layer("masking_lstm", "s", lambda x: L.LSTM(4, unroll=True)(L.Masking()(x)))
layer("activityreg", "v", lambda x: L.ActivityRegularization(l2=0.1)(x))
layer("lambda", "v", lambda x: L.Lambda(lambda t: t * 2.0 + tf.sin(t))(x))
row("stft", lambda: whole_signal(lambda x: L.Dense(4)(L.STFTSpectrogram(mode="real", frame_length=8, frame_step=4, fft_length=8)(x))), "layers")
row("melspectrogram", lambda: whole_signal(lambda x: L.MelSpectrogram(fft_length=16, sequence_stride=8, num_mel_bins=4, sampling_rate=100, min_freq=1)(O.squeeze(x, -1))), "layers")


def whole_signal(make):
    i = keras.Input((32, 1))
    return Made(keras.Model(i, L.Dense(3, name="head")(L.Flatten()(make(i)))), [normal(32, 1)])


for name, options in {
    "RandomFlip": {},
    "RandomRotation": {"factor": 0.2},
    "RandomZoom": {"height_factor": 0.2},
    "RandomTranslation": {"height_factor": 0.2, "width_factor": 0.2},
    "RandomBrightness": {"factor": 0.2, "value_range": (0, 1)},
    "RandomContrast": {"factor": 0.2, "value_range": (0, 1)},
    "RandomCrop": {"height": 6, "width": 5},
    "RandomErasing": {"value_range": (0, 1)},
    "RandomGrayscale": {"factor": 0.5},
    "RandomSharpness": {"factor": 0.5, "value_range": (0, 1)},
    "RandomHue": {"factor": 0.2, "value_range": (0, 1)},
    "RandomSaturation": {"factor": 0.5, "value_range": (0, 1)},
    "RandomInvert": {"factor": 0.5, "value_range": (0, 1)},
    "RandomShear": {"x_factor": 0.2},
    "RandomGaussianBlur": {"factor": 0.5, "value_range": (0, 1)},
}.items():
    def augmented(x, n=name, o=options):
        image = x if n not in ("RandomHue", "RandomSaturation", "RandomGrayscale") else x[..., :3]
        return getattr(L, n)(seed=3, **o)(A.sigmoid(image))

    layer(f"aug_{name.lower()}", "i", augmented)

# --- activations

ACTIVATIONS = {
    "gelu": lambda x: A.gelu(x, approximate=False),
    "gelu_approximate": lambda x: A.gelu(x, approximate=True),
    "relu_leaky_max": lambda x: A.relu(x, negative_slope=0.1, max_value=1.0),
}
for name in (
    "relu relu6 silu mish hard_sigmoid hard_silu hard_tanh hard_shrink soft_shrink softplus softsign selu exponential glu "
    "squareplus threshold sparsemax sparse_plus sparse_sigmoid celu elu leaky_relu log_sigmoid log_softmax softmax sigmoid "
    "tanh tanh_shrink linear"
).split():
    options = {"threshold": {"threshold": 0.2, "default_value": 0.1}}.get(name, {})
    ACTIVATIONS[name] = lambda x, n=name, o=options: getattr(A, n)(x, **o)
for name, function in ACTIVATIONS.items():
    row(f"act_{name}", lambda f=function: after_pre("v", lambda x: L.Activation(f)(x)), "activations")
row("act_log_softmax_rank3", lambda: after_pre("s", A.log_softmax), "activations")

# --- operations

OPERATIONS = {
    "erf": ("v", O.erf),
    "logsumexp": ("v", lambda x: O.logsumexp(x, axis=-1, keepdims=True)),
    "cumsum": ("v", lambda x: O.cumsum(x, axis=-1)),
    "cumprod": ("v", lambda x: O.cumprod(x, axis=-1)),
    "sort": ("v", lambda x: O.sort(x, axis=-1)),
    "top_k": ("v", lambda x: O.top_k(x, 3)[0]),
    "median": ("v", lambda x: O.median(x, axis=-1, keepdims=True)),
    "quantile": ("v", lambda x: O.quantile(x, 0.3, axis=-1, keepdims=True)),
    "normalize": ("v", lambda x: O.normalize(x, axis=-1)),
    "std": ("v", lambda x: O.std(x, axis=-1, keepdims=True)),
    "var": ("v", lambda x: O.var(x, axis=-1, keepdims=True)),
    "logaddexp": ("v", lambda x: O.logaddexp(x, 0.5 * x + 1.0)),
    "arctan2": ("v", lambda x: O.arctan2(x, 1.0 + x * x)),
    "clip": ("v", lambda x: O.clip(x, -0.5, 0.5)),
    "where": ("v", lambda x: O.where(x > 0, x, 0.3 * x)),
    "roll": ("v", lambda x: O.roll(x, 2, axis=-1)),
    "flip": ("v", lambda x: O.flip(x, axis=-1)),
    "prod": ("v", lambda x: O.prod(x, axis=-1, keepdims=True)),
    "power": ("v", lambda x: O.power(O.abs(x) + 1.0, 1.7)),
    "sqrt": ("v", lambda x: O.sqrt(x * x + 1.0)),
    "rsqrt": ("v", lambda x: O.rsqrt(x * x + 1.0)),
    "log1p": ("v", lambda x: O.log1p(x * x)),
    "expm1": ("v", O.expm1),
    "einsum": ("s", lambda x: O.einsum("bij,bkj->bik", x, x)),
    "matmul": ("s", lambda x: O.matmul(x, O.transpose(x, (0, 2, 1)))),
    "tensordot": ("s", lambda x: O.tensordot(x, O.ones((5, 2)) * 0.3, axes=1)),
    "take_along_axis": ("v", lambda x: O.take_along_axis(x, O.argsort(x, axis=-1), axis=-1)),
    "take_negative_axis": ("s", lambda x: O.take(x, [0, 2, 2], axis=-2)),
    "max": ("v", lambda x: O.max(x, axis=-1, keepdims=True)),
    "amax": ("v", lambda x: O.amax(x, axis=-1, keepdims=True)),
    "diff": ("v", lambda x: O.diff(x, axis=-1)),
    "tile": ("v", lambda x: O.tile(x, (1, 2))),
    "repeat": ("v", lambda x: O.repeat(x, 2, axis=-1)),
    "split": ("v", lambda x: O.split(x, 2, axis=-1)[1]),
    "unstack": ("s", lambda x: O.unstack(x, axis=1)[2]),
    "stack": ("v", lambda x: O.stack([x, 2.0 * x], axis=1)),
    "swapaxes": ("s", lambda x: O.swapaxes(x, 1, 2)),
    "pad": ("s", lambda x: O.pad(x, ((0, 0), (1, 2), (0, 0)))),
    "pad_reflect": ("s", lambda x: O.pad(x, ((0, 0), (1, 2), (0, 0)), mode="reflect")),
    "scan": ("s", lambda x: O.scan(lambda c, y: (c + y, c * y), O.zeros_like(x[:, 0]), O.transpose(x, (1, 0, 2)))[0]),
    "fori_loop": ("v", lambda x: O.fori_loop(0, 3, lambda i, y: y * 1.1, x)),
    "cond": ("v", lambda x: tf_call(lambda t: tf.cond(tf.reduce_sum(t) > 0, lambda: t, lambda: -t), x)),
    "stop_gradient": ("v", lambda x: x * O.stop_gradient(x)),
    "floor": ("v", lambda x: x + O.floor(x)),
    "round": ("v", lambda x: x + O.round(x)),
    "sign": ("v", lambda x: x * O.sign(x)),
    "mod": ("v", lambda x: O.mod(x, 0.7)),
    "sinh": ("v", O.sinh),
    "arcsinh": ("v", O.arcsinh),
    "arccosh": ("v", lambda x: O.arccosh(x * x + 1.5)),
    "arctanh": ("v", lambda x: O.arctanh(0.5 * O.tanh(x))),
    "tan": ("v", lambda x: O.tan(0.3 * x)),
    "erfinv": ("v", lambda x: O.erfinv(0.5 * O.tanh(x))),
    "cross": ("s", lambda x: O.cross(x[..., :3], x[..., 1:4])),
    "real": ("v", lambda x: tf_call(lambda t: tf.math.real(tf.complex(t, 2.0 * t) * tf.complex(t, t)), x)),
    "polar": ("v", lambda x: O.imag(O.polar(O.abs(x) + 1.0, 0.5 * x))),
    "while_loop": ("v", lambda x: O.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * 1.1), (O.zeros((), "int32"), x))[1]),
    "rfft": ("v", lambda x: O.rfft(x)[0]),
    "irfft": ("v", lambda x: O.irfft((x[:, :4], x[:, 4:]))),
    "fft": ("v", lambda x: O.fft((x, 0.5 * x))[1]),
    "fft2": ("s", lambda x: O.fft2((x, 0.5 * x))[0]),
    "ifft2": ("s", lambda x: O.ifft2((x, 0.5 * x))[0]),
    "stft": ("v", lambda x: O.stft(x, 4, 2, 4)[0]),
    "istft": ("s", lambda x: O.istft((x[..., :3], x[..., 1:4]), 4, 2, 4)),
    "nan_to_num": ("v", O.nan_to_num),
    "extract_sequences": ("v", lambda x: O.extract_sequences(x, 4, 2)),
    "segment_sum": ("v", lambda x: O.transpose(O.segment_sum(O.transpose(x), np.array([0, 0, 1, 1, 2, 2, 3, 3]), 4))),
    "scatter": ("v", lambda x: x + O.scatter([[1], [3]], [0.5, 0.25], (8,))),
    "slice_update": ("v", lambda x: O.slice_update(x * 1.0, (0, 2), O.ones((6, 2)))),
    "moveaxis": ("s", lambda x: O.moveaxis(x, 1, 2)),
    "trace": ("s", lambda x: O.expand_dims(O.trace(x, axis1=1, axis2=2), -1)),
    "diagonal": ("s", lambda x: O.diagonal(x, axis1=1, axis2=2)),
    "tril": ("s", O.tril),
    "outer_einsum": ("v", lambda x: O.einsum("bi,bj->bij", x, x)),
    "argmax_onehot": ("v", lambda x: x * O.one_hot(O.argmax(x, axis=-1), 8)),
    "in_top_log": ("v", lambda x: O.log(O.sigmoid(x))),
    "mean": ("v", lambda x: O.mean(x, axis=-1, keepdims=True)),
    "hypot": ("v", lambda x: O.hypot(x, 0.5 * x + 1.0)),
    "depth_to_space": ("i", lambda x: tf_call(lambda t: tf.nn.depth_to_space(t, 2), x)),
    "space_to_depth": ("i", lambda x: tf_call(lambda t: tf.nn.space_to_depth(t, 2), x)),
    "lrn": ("i", lambda x: tf_call(lambda t: tf.nn.local_response_normalization(t, 2, 2.0, 1e-2, 0.75), x)),
    "lrn_default": ("i", lambda x: tf_call(tf.nn.local_response_normalization, x)),
    "fake_quant": ("v", lambda x: tf_call(lambda t: tf.quantization.fake_quant_with_min_max_args(t, -2, 2), x)),
    "xlogy": ("v", lambda x: tf_call(lambda t: tf.math.xlogy(t, 1.0 + t * t), x)),
    "lgamma": ("v", lambda x: tf_call(lambda t: tf.math.lgamma(1.5 + t * t), x)),
    "igamma": ("v", lambda x: tf_call(lambda t: tf.math.igamma(1.5 + t * 0.0, 0.5 + t * t), x)),
    "extract_patches": ("i", lambda x: tf_call(lambda t: tf.image.extract_patches(t, [1, 3, 3, 1], [1, 2, 2, 1], [1, 1, 1, 1], "VALID"), x)),
    "gather_batch": ("s", lambda x: tf_call(lambda t: tf.gather(t, [[0, 1]] * 6, axis=1, batch_dims=1), x)),
    "l2_normalize": ("v", lambda x: tf_call(lambda t: tf.nn.l2_normalize(t, -1), x)),
    "moments": ("s", lambda x: tf_call(lambda t: tf.concat(tf.nn.moments(t, [1]), -1), x)),
    "clip_by_norm": ("v", lambda x: tf_call(lambda t: tf.clip_by_norm(t, 0.7, axes=[-1]), x)),
    "dilation2d": ("i", lambda x: tf_call(lambda t: tf.nn.dilation2d(t, tf.ones((2, 2, 4)) * 0.1, [1, 1, 1, 1], "VALID", "NHWC", [1, 1, 1, 1]), x)),
    "fractional_pool": ("i", lambda x: tf_call(lambda t: tf.nn.fractional_max_pool(t, [1.0, 1.5, 1.5, 1.0], seed=3)[0], x)),
}


def tf_call(function, x):
    return L.Lambda(function)(x)


for name, (kind, function) in OPERATIONS.items():
    row(f"op_{name}", lambda k=kind, f=function: after_pre(k, f), "operations")


def positive(x):
    """Symmetric positive definite matrices [5, 5] of a sequence [6, 5]."""
    return O.matmul(O.transpose(x, (0, 2, 1)), x) + 2.0 * O.eye(5)


LINALG = {
    "cholesky": lambda x: O.cholesky(positive(x)),
    "inv": lambda x: O.linalg.inv(positive(x)),
    "det": lambda x: O.expand_dims(O.linalg.det(positive(x)), -1) * 1e-3,
    "logdet": lambda x: O.expand_dims(O.logdet(positive(x)), -1),
    "slogdet": lambda x: O.expand_dims(O.slogdet(positive(x))[1], -1),
    "solve": lambda x: O.solve(positive(x), O.transpose(x, (0, 2, 1))),
    "solve_triangular": lambda x: O.solve_triangular(O.tril(positive(x)), O.transpose(x, (0, 2, 1)), lower=True),
    "qr": lambda x: O.qr(x)[1],
    "svd": lambda x: O.svd(x, compute_uv=False),
    "svd_uv": lambda x: O.svd(x, full_matrices=False)[0],
    "eigh": lambda x: O.eigh(positive(x))[0],
    "lstsq": lambda x: tf_call(lambda t: tf.linalg.lstsq(t, tf.sin(t[..., :2])), x),
    "norm_fro": lambda x: O.norm(x, axis=(1, 2), ord="fro", keepdims=True),
    "norm_nuc": lambda x: O.expand_dims(O.norm(x, axis=(1, 2), ord="nuc"), -1),
    "norm_1": lambda x: O.norm(x, axis=-1, ord=1, keepdims=True),
    "expm": lambda x: tf_call(lambda t: tf.linalg.expm(0.1 * t[:, :5]), x),
    "band_part": lambda x: tf_call(lambda t: tf.linalg.band_part(t, 1, 1), x),
    "set_diag": lambda x: tf_call(lambda t: tf.linalg.set_diag(t, t[:, 0]), x),
    "diag": lambda x: tf_call(lambda t: tf.linalg.diag(t[:, 0]), x),
    "trace_tf": lambda x: tf_call(lambda t: tf.linalg.trace(t)[:, None], x),
}
for name, function in LINALG.items():
    row(f"linalg_{name}", lambda f=function: after_pre("s", f), "operations")

IMAGES = {
    "resize": lambda x: O.image.resize(x, (5, 6)),
    "resize_bicubic": lambda x: O.image.resize(x, (11, 6), interpolation="bicubic"),
    "resize_crop": lambda x: O.image.resize(x, (5, 6), crop_to_aspect_ratio=True),
    "affine_transform": lambda x: O.image.affine_transform(x, np.array([[1.1, 0.1, 0.3, 0.05, 0.9, -0.2, 0, 0]] * 6, "float32")),
    "affine_transform_nearest": lambda x: O.image.affine_transform(x, np.array([[1.1, 0.1, 0.3, 0.05, 0.9, -0.2, 0, 0]] * 6, "float32"), interpolation="nearest"),
    "extract_patches": lambda x: O.image.extract_patches(x, (3, 3), padding="valid"),
    "map_coordinates": lambda x: O.expand_dims(O.image.map_coordinates(x[0], np.random.default_rng(3).uniform(0, 3, (3, 9)).astype("float32"), 1), 0) + 0.0 * x[:, :1, 0, 0],
    "pad_images": lambda x: O.image.pad_images(x, 1, 2, 1, 0),
    "crop_images": lambda x: O.image.crop_images(x, 1, 2, 1, 0),
    "rgb_to_grayscale": lambda x: O.image.rgb_to_grayscale(x[..., :3]),
    "rgb_to_hsv": lambda x: O.image.rgb_to_hsv(A.sigmoid(x[..., :3])),
    "hsv_to_rgb": lambda x: O.image.hsv_to_rgb(A.sigmoid(x[..., :3])),
    "gaussian_blur": lambda x: O.image.gaussian_blur(x, (3, 3), (1.0, 1.0)),
    "perspective_transform": lambda x: O.image.perspective_transform(x, np.array([[[0, 0], [7, 0], [0, 7], [7, 7]]] * 6, "float32"), np.array([[[1, 0], [6, 1], [0, 7], [7, 6]]] * 6, "float32")),
    "elastic_transform": lambda x: O.image.elastic_transform(x, 5.0, 3.0, seed=3),
    "scale_and_translate": lambda x: O.image.scale_and_translate(x, (6, 6, 6, 4), np.array([0.8, 0.7], "float32"), np.array([0.1, 0.2], "float32"), (1, 2), "linear"),
}
for name, function in IMAGES.items():
    row(f"image_{name}", lambda f=function: after_pre("i", f), "operations")

# --- types, sharing, saving


def network(dtype):
    i = keras.Input((6, 5), dtype=dtype)
    x = L.LayerNormalization()(L.Dense(4, name="pre")(i))
    return Made(keras.Model(i, L.Dense(3, name="head")(L.Flatten()(x))), [normal(6, 5, dtype=dtype)])


def image_network(dtype):
    i = keras.Input((8, 8, 3), dtype=dtype)
    x = L.BatchNormalization()(L.Conv2D(4, 3, activation="relu", name="pre")(i))
    return Made(keras.Model(i, L.Dense(3, name="head")(L.Flatten()(x))), [normal(8, 8, 3, dtype=dtype)])


def typed(array, dtype):
    return np.asarray(tf.cast(array, dtype))


for policy in ("float16", "bfloat16", "mixed_float16", "mixed_bfloat16", "float64"):
    kind = "float64" if policy == "float64" else "float32"
    row(f"policy_{policy}", lambda p=policy, k=kind: with_policy(p, lambda: network(k)), "policies")
    row(f"policy_conv_{policy}", lambda p=policy, k=kind: with_policy(p, lambda: image_network(k)), "policies")


def lora(kind, target):
    def build():
        i = keras.Input(SHAPES[kind], dtype="int32" if kind == "ids" else None)
        x = target(i if kind == "ids" else before(kind)(i))
        made = keras.Model(i, L.Dense(3, name="head")(L.Flatten()(x)))
        target.enable_lora(2)
        return Made(made, [values(kind)])

    return build


row("lora_dense", lambda: lora("v", L.Dense(5))(), "policies")
row("lora_embedding", lambda: lora("ids", L.Embedding(11, 4))(), "policies")
row("lora_einsum", lambda: lora("s", L.EinsumDense("abc,cd->abd", (6, 4), bias_axes="d"))(), "policies")
row("lora_conv", lambda: lora("i", L.Conv2D(4, 3))(), "policies")


def quantized(kind, target, mode):
    def build():
        i = keras.Input(SHAPES[kind], dtype="int32" if kind == "ids" else None)
        x = target(i if kind == "ids" else before(kind)(i))
        made = keras.Model(i, L.Dense(3, name="head")(L.Flatten()(x)))
        target.quantize(mode)
        return Made(made, [values(kind)])

    return build


row("int8_dense", lambda: quantized("v", L.Dense(5), "int8")(), "policies")
row("int4_dense", lambda: quantized("v", L.Dense(6), "int4")(), "policies")
row("float8_dense", lambda: quantized("v", L.Dense(5), "float8")(), "policies")
row("int8_embedding", lambda: quantized("ids", L.Embedding(11, 4), "int8")(), "policies")
row("int8_einsum", lambda: quantized("s", L.EinsumDense("abc,cd->abd", (6, 4), bias_axes="d"), "int8")(), "policies")


def compiled(jit):
    made = after_pre("v", lambda x: L.Dense(5, activation="tanh")(x))
    made.model.compile("sgd", "mse", jit_compile=jit)
    return made


row("jit_compile_true", lambda: compiled(True), "policies")
row("compiled_adam_slots", lambda: with_adam(), "policies")


def with_adam():
    made = after_pre("v", lambda x: L.Dense(5, activation="tanh")(x))
    made.model.compile("adam", "mse")
    made.model.fit(normal(8), normal(3), verbose=0)
    return made


def twice(x):
    shared = L.Dense(8, activation="tanh")
    return shared(shared(x))


row("shared_layer_twice", lambda: whole("v", twice), "policies")
row("shared_conv_twice", lambda: after_pre("i", lambda x: shared_conv(x)), "policies")


def shared_conv(x):
    shared = L.Conv2D(4, 3, padding="same", activation="tanh")
    return shared(shared(x))


class Tied(L.Layer):
    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], 4), name="kernel")
        self.bias = self.add_weight(shape=(shape[-1],), name="bias")

    def call(self, x):
        return O.matmul(O.tanh(O.matmul(x, self.kernel)), O.transpose(self.kernel)) + self.bias


row("tied_dense_transpose", lambda: after_pre("v", lambda x: Tied()(x)), "policies")


class Transposed(L.Layer):
    def build(self, shape):
        self.kernel = self.add_weight(shape=(4, shape[-1]), name="kernel")
        self.bias = self.add_weight(shape=(4,), name="bias")

    def call(self, x):
        return O.matmul(x, O.transpose(self.kernel)) + self.bias


row("dense_transposed_kernel", lambda: after_pre("v", lambda x: Transposed()(x)), "policies")


def with_frozen():
    made = after_pre("v", lambda x: L.Dense(5, activation="tanh", name="base")(x))
    made.model.get_layer("base").trainable = False
    return Made(made.model, made.inputs)


row("frozen_layer", with_frozen, "policies")
row("frozen_at_creation", lambda: after_pre("v", lambda x: L.Dense(5, trainable=False)(x)), "policies")


def nested():
    i = keras.Input((8,))
    inner = keras.Model(i, L.Dense(6, activation="tanh")(i), name="backbone")
    return whole("v", lambda x: inner(x))


row("nested_model", nested, "policies")


class Sub(keras.Model):
    def __init__(self):
        super().__init__(name="sub")
        self.first = L.Dense(6, activation="tanh")
        self.second = L.Dense(3)
        self.g = self.add_weight(shape=(6,), initializer="ones", name="g")

    def call(self, x):
        return self.second(self.first(x) * self.g)


def subclassed():
    made = Sub()
    made(normal(8))
    return Made(made, [normal(8)])


row("subclassed", subclassed, "policies")


def two_inputs():
    a, b = keras.Input((8,), name="left"), keras.Input((5,), name="right")
    x = L.Concatenate()([L.Dense(4, activation="tanh")(a), L.Dense(3, activation="tanh")(b)])
    return Made(keras.Model([a, b], L.Dense(3, name="head")(x)), {"left": normal(8), "right": normal(5)})


row("two_inputs", two_inputs, "policies")


def two_outputs():
    i = keras.Input((8,))
    x = L.Dense(6, activation="tanh", name="pre")(i)
    return Made(keras.Model(i, {"a": L.Dense(3, name="a")(x), "b": L.Dense(2, name="b")(x)}), [normal(8)])


row("two_outputs", two_outputs, "policies")


def polymorphic():
    i = keras.Input((None, 5))
    x = L.Dense(6)(i)
    x = L.MultiHeadAttention(2, 3)(x, x)
    return Made(keras.Model(i, L.Dense(3, name="head")(L.GlobalAveragePooling1D()(x))), [normal(6, 5)])


row("batch_polymorphic_mha", polymorphic, "policies")


def polymorphic_images():
    i = keras.Input((None, None, 3))
    x = L.Conv2D(5, 3, strides=2)(L.Conv2D(4, 3, activation="relu", name="pre")(i))
    return Made(keras.Model(i, L.Dense(3, name="head")(L.GlobalAveragePooling2D()(x))), [normal(8, 8, 3)])


row("image_of_any_size", polymorphic_images, "policies")


def saved_by_tf():
    made = whole("v", lambda x: L.BatchNormalization()(L.Dense(5)(x)))
    call = tf.function(lambda x: {"output_0": made.model(x)}, input_signature=[tf.TensorSpec((None, 8), name="x")])
    made.export = lambda folder: tf.saved_model.save(made.model, folder, signatures=call.get_concrete_function())
    return made


row("saved_model_save", saved_by_tf, "policies")


def remat():
    keras.config.disable_traceback_filtering()
    with keras.RematScope(mode="full"):
        return after_pre("v", lambda x: L.Dense(5, activation="tanh")(x))


row("remat", remat, "policies")


def uint8():
    i = keras.Input((8, 8, 3), dtype="uint8")
    x = L.Conv2D(4, 3, name="pre")(L.Rescaling(1 / 255)(i))
    return Made(keras.Model(i, L.Dense(3, name="head")(L.Flatten()(x))), [integers(256, 8, 8, 3, dtype="uint8")])


row("uint8_images", uint8, "policies")

# --- functions with a gradient of their own, random numbers


@tf.custom_gradient
def steeper(x):
    y = tf.tanh(x)
    return y, lambda upstream: 2.0 * upstream


@tf.custom_gradient
def clipped(x):
    return tf.identity(x), lambda upstream: tf.clip_by_value(upstream, -0.02, 0.02)


@tf.custom_gradient
def rounded(x):
    return tf.round(4.0 * x) / 4.0, lambda upstream: upstream


@tf.custom_gradient
def two_arguments(x, y):
    return x * y, lambda upstream: (upstream * y * 0.5, tf.reduce_sum(upstream * x, 0))


class Scaled(L.Layer):
    """A variable inside a function with a gradient of its own."""

    def build(self, shape):
        self.gain = self.add_weight(shape=(shape[-1],), initializer="ones", name="gain")

    def call(self, x):
        return two_arguments(x, self.gain.value)


def own(name, function):
    row(f"gradient_{name}", lambda: after_pre("v", lambda x: OwnGradient(function)(x)), "policies")


own("reversal", reversed_gradient)
own("tanh_twice", steeper)
own("clipping", clipped)
own("straight_through", rounded)
own("straight_through_stop", lambda x: x + tf.stop_gradient(tf.round(x) - x))
own("recompute", tf.recompute_grad(lambda x: tf.tanh(x) * x))
row("gradient_of_variable", lambda: after_pre("v", lambda x: Scaled()(x)), "policies")


class Draws(L.Layer):
    def __init__(self, count):
        super().__init__()
        self.count = count
        self.seeds = keras.random.SeedGenerator(3)

    def call(self, x):
        draws = [keras.random.uniform((EXAMPLES, 1), seed=self.seeds) for _ in range(self.count)]
        return O.concatenate([x] + draws, axis=-1)


row("random_draws6", lambda: after_pre("v", lambda x: Draws(6)(x)), "policies")
row("random_two_dropouts", lambda: after_pre("v", lambda x: two_dropouts(x)), "policies")


def two_dropouts(x):
    drop = L.Dropout(0.5, seed=5)
    return drop(drop(x, training=True), training=True)


# --- another backend


def jax_dense():
    return whole("v", lambda x: L.Dense(5, activation="tanh")(x))


def jax_conv():
    return whole("i", lambda x: L.Conv2D(4, 3, activation="relu")(x))


row("keras_jax_backend", jax_dense, "jax")
row("keras_jax_conv", jax_conv, "jax")


def make(name):
    keras.backend.clear_session()
    keras.utils.set_random_seed(SEED)
    made = ROWS[name][1]()
    reference.distinct(made.named.values(), SEED)
    return made


def one_line(error):
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:160]


def write(out, names):
    """Writes the rows into one archive for each section."""
    os.makedirs(out, exist_ok=True)
    listed = []
    for section in dict.fromkeys(ROWS[name][0] for name in names):
        backend = "jax" if section == "jax" else "tensorflow"
        if keras.config.backend() != backend:
            other = tempfile.mkdtemp()
            environment = {**os.environ, "KERAS_BACKEND": backend}
            own_rows = [name for name in names if ROWS[name][0] == section]
            subprocess.run([sys.executable, __file__, other] + own_rows, env=environment, check=True)
            os.replace(f"{other}/{section}.zip", f"{out}/{section}.zip")
            listed += json.load(open(f"{other}/rows.json"))
            continue
        with zipfile.ZipFile(f"{out}/{section}.zip", "w") as archive:
            for name in names:
                if ROWS[name][0] != section:
                    continue
                entry = {"row": name, "section": section}
                work = tempfile.mkdtemp()
                try:
                    made = make(name)
                    reference.write(f"{work}/one.zip", made.export, made.inputs, made.named, made.trained)
                    with zipfile.ZipFile(f"{work}/one.zip") as one:
                        for file in one.infolist():
                            archive.writestr(zipfile.ZipInfo(f"{name}/{file.filename}"), one.read(file), zipfile.ZIP_DEFLATED, 9)
                except Exception as error:  # Keras or TensorFlow does not export this: part of the table
                    entry["unavailable"] = one_line(error)
                    print(name, entry["unavailable"])
                listed.append(entry)
    with open(f"{out}/rows.json", "w") as file:
        json.dump(listed, file, indent=1)


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2:] or list(ROWS))
