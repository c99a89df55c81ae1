package io.github.tfkfac.models.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.models.finetune.SmallModel.Parts;
import io.github.tfkfac.models.layer.ClassificationLoss;
import io.github.tfkfac.models.layer.SigmoidCrossEntropy;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.nn.LogSoftmax;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

class LogitsTest {

  private static final ClassificationLoss SOFTMAX = new SoftmaxCrossEntropy();
  private static final ClassificationLoss SIGMOID = new SigmoidCrossEntropy();

  @TempDir Path folder;

  private Path write(Function<Parts<TFloat32>, Map<String, Operand<?>>> outputs) {
    return SmallModel.of(TFloat32.class).write(folder.resolve("model"), outputs);
  }

  private static FinetuneOptions options(ClassificationLoss loss) {
    return FinetuneOptions.defaults().withLoss(loss);
  }

  private static String found(Path model, FinetuneOptions options) {
    try (LoadedModel loaded = LoadedModel.open(SavedModelFile.read(model), options.signatures())) {
      Output<?> logits = Logits.of(loaded, options);
      return logits.op().name();
    }
  }

  private static Operand<TFloat32> logits(Parts<TFloat32> parts) {
    return parts.tf().withName("logits").identity(parts.dense("own", 3));
  }

  private static Map<String, Operand<?>> named(String name, Operand<?> output) {
    return Map.of(name, output);
  }

  private static Map<String, Operand<?>> with(
      String name, Operand<?> output, String other, Operand<?> second) {
    Map<String, Operand<?>> outputs = new LinkedHashMap<>(Map.of(name, output));
    outputs.put(other, second);
    return outputs;
  }

  private static Operand<TFloat32> average(Ops tf, Operand<TFloat32> one, Operand<TFloat32> two) {
    return tf.math.mul(tf.math.add(one, two), tf.constant(0.5f));
  }

  private static Operand<TFloat32> exponentialsOverSum(Ops tf, Operand<TFloat32> z) {
    Operand<TFloat32> shifted =
        tf.math.sub(z, tf.reduceMax(z, tf.constant(-1), ReduceMax.keepDims(true)));
    Operand<TFloat32> exponentials = tf.math.exp(shifted);
    return tf.math.div(
        exponentials, tf.reduceSum(exponentials, tf.constant(-1), ReduceSum.keepDims(true)));
  }

  static Stream<Arguments> proofs() {
    return Stream.of(
        proof("softmax", "inference/own", p -> named("p", p.tf().nn.softmax(p.dense("own", 3)))),
        proof(
            "log-softmax",
            "inference/own",
            p -> named("p", p.tf().nn.logSoftmax(p.dense("own", 3)))),
        proof(
            "softmax, its class and its score",
            "inference/own",
            p -> {
              Operand<TFloat32> probabilities = p.tf().nn.softmax(p.dense("own", 3));
              Map<String, Operand<?>> outputs =
                  with(
                      "p",
                      probabilities,
                      "score",
                      p.tf().reduceMax(probabilities, p.tf().constant(1)));
              outputs.put(
                  "class",
                  p.tf()
                      .dtypes
                      .cast(p.tf().math.argMax(probabilities, p.tf().constant(-1)), TInt32.class));
              return outputs;
            }),
        proof(
            "softmax in float64 of float32 logits",
            "inference/own",
            p -> {
              Operand<TFloat64> wide = p.tf().dtypes.cast(p.dense("own", 3), TFloat64.class);
              return named("p", p.tf().dtypes.cast(p.tf().nn.softmax(wide), TFloat32.class));
            }),
        proof(
            "exponentials over their sum",
            "own_logits",
            p -> {
              Ops tf = p.tf();
              Operand<TFloat32> z = p.dense("own", 3);
              Operand<TFloat32> own = tf.withName("own_logits").math.add(z, z);
              Operand<TFloat32> exponentials = tf.math.exp(own);
              return named(
                  "p",
                  tf.math.div(
                      exponentials,
                      tf.reduceSum(exponentials, tf.constant(1), ReduceSum.keepDims(true))));
            }),
        proof(
            "softmax of scaled logits",
            "scaled",
            p ->
                named(
                    "p",
                    p.tf()
                        .nn
                        .softmax(
                            p.tf()
                                .withName("scaled")
                                .math
                                .div(p.dense("own", 3), p.tf().constant(2f))))),
        proof(
            "softmax before axes of size 1 go",
            "inference/own",
            p -> {
              Operand<TFloat32> maps =
                  p.tf()
                      .withName("maps")
                      .expandDims(
                          p.tf()
                              .withName("inner")
                              .expandDims(p.dense("own", 3), p.tf().constant(1)),
                          p.tf().constant(1));
              return named(
                  "p", p.tf().squeeze(p.tf().nn.softmax(maps), Squeeze.axis(List.of(1L, 2L))));
            }),
        proof("a dense layer", "inference/own", p -> named("z", p.dense("own", 3))),
        proof(
            "a sum of dense layers",
            "sum",
            p ->
                named("z", p.tf().withName("sum").math.add(p.dense("own", 3), p.dense("more", 3)))),
        proof(
            "a dense layer beside rectified features",
            "inference/own",
            p -> with("z", p.dense("own", 3), "features", p.tf().nn.relu(p.dense("f", 6)))),
        proof(
            "softmax beside a linear embedding",
            "inference/own",
            p -> with("p", p.tf().nn.softmax(p.dense("own", 3)), "embedding", p.dense("f", 6))),
        proof(
            "softmax beside tags by sigmoid",
            "inference/own",
            p ->
                with(
                    "p",
                    p.tf().nn.softmax(p.dense("own", 3)),
                    "tags",
                    p.tf().math.sigmoid(p.dense("t", 4)))));
  }

  private static Arguments proof(
      String name, String logits, Function<Parts<TFloat32>, Map<String, Operand<?>>> outputs) {
    return Arguments.of(name, logits, outputs);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("proofs")
  void logitsAreWhatTheOutputsAreProvedToComeFrom(
      String name, String logits, Function<Parts<TFloat32>, Map<String, Operand<?>>> outputs) {
    String operation = found(write(outputs), options(SOFTMAX));
    assertThat(operation).startsWith(logits);
  }

  static Stream<Arguments> noProofs() {
    return Stream.of(
        proof("Sigmoid", "--loss sigmoid", p -> named("y", p.tf().math.sigmoid(logits(p)))),
        proof(
            "Sigmoid",
            "--loss sigmoid",
            p ->
                with(
                    "y",
                    p.tf().math.sigmoid(logits(p)),
                    "z",
                    p.tf().identity(p.tf().math.tanh(p.dense("t", 2))))),
        proof("Tanh", "--logits", p -> named("y", p.tf().math.tanh(logits(p)))),
        proof("Relu", "--logits", p -> named("y", p.tf().nn.relu(logits(p)))),
        proof("Relu6", "--logits", p -> named("y", p.tf().nn.relu6(logits(p)))),
        proof(
            "Mul",
            "--logits",
            p ->
                named(
                    "y",
                    average(
                        p.tf(),
                        p.tf().nn.softmax(p.dense("a", 3)),
                        p.tf().nn.softmax(p.dense("b", 3))))),
        proof(
            "Add",
            "--logits",
            p ->
                named(
                    "y",
                    p.tf()
                        .math
                        .add(
                            p.tf().nn.softmax(p.dense("a", 3)),
                            p.tf().nn.softmax(p.dense("b", 3))))),
        proof(
            "Mul",
            "--logits",
            p -> named("y", p.tf().math.mul(p.tf().nn.softmax(logits(p)), p.tf().constant(0.5f)))),
        proof(
            "Maximum",
            "--logits",
            p ->
                named(
                    "y",
                    p.tf().math.maximum(p.tf().nn.softmax(logits(p)), p.tf().constant(1e-6f)))),
        proof(
            "Softmax",
            "--logits",
            p -> named("y", p.tf().nn.softmax(p.tf().nn.softmax(logits(p))))),
        proof(
            "Mul",
            "--logits",
            p ->
                named(
                    "class",
                    p.tf()
                        .math
                        .argMax(
                            average(
                                p.tf(),
                                p.tf().nn.softmax(p.dense("a", 3)),
                                p.tf().nn.softmax(p.dense("b", 3))),
                            p.tf().constant(1)))),
        proof(
            "MatMul",
            "--logits",
            p ->
                named(
                    "y",
                    p.tf()
                        .linalg
                        .matMul(
                            p.tf().nn.softmax(p.dense("a", 3)),
                            p.tf().constant(new float[][] {{1, 0}, {1, 0}, {0, 1}})))),
        proof(
            "Reshape",
            "one row per image",
            p ->
                named(
                    "y",
                    p.tf().nn.softmax(p.tf().reshape(p.dense("own", 6), p.tf().array(-1, 2, 3))))),
        proof(
            "a",
            "--logits",
            p ->
                with(
                    "a",
                    p.tf().nn.softmax(p.dense("a", 3)),
                    "b",
                    p.tf().nn.softmax(p.dense("b", 4)))),
        proof("BiasAdd", "--loss sigmoid", p -> named("y", p.dense("own", 1))));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("noProofs")
  void otherOutputsAreNamedInOneLine(
      String operation, String remedy, Function<Parts<TFloat32>, Map<String, Operand<?>>> outputs) {
    Path model = write(outputs);
    assertThatThrownBy(() -> found(model, options(SOFTMAX)))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining(operation)
        .hasMessageContaining(remedy)
        .hasMessageNotContainingAny("\n");
  }

  @Test
  void logitsOfASigmoidAreItsInput() {
    Path model = write(p -> named("y", p.tf().math.sigmoid(p.dense("own", 3))));
    assertThat(found(model, options(SIGMOID))).startsWith("inference/own");
  }

  @Test
  void aSingleOutputHasLogitsForTheSigmoidOnly() {
    Path model =
        write(
            p ->
                named(
                    "y",
                    p.tf()
                        .squeeze(
                            p.tf().math.sigmoid(p.dense("own", 1)), Squeeze.axis(List.of(1L)))));
    assertThat(found(model, options(SIGMOID))).startsWith("inference/own");
  }

  @Test
  void aSoftmaxIsNotTrainedAsASigmoid() {
    Path model = write(p -> named("y", p.tf().nn.softmax(p.dense("own", 3))));
    assertThatThrownBy(() -> found(model, options(SIGMOID)))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("Softmax")
        .hasMessageContaining("--loss softmax");
  }

  static Stream<Arguments> probabilities() {
    return Stream.of(
        proof(
            "softmax",
            "inference/own",
            p -> named("y", p.tf().withName("named").nn.softmax(p.dense("own", 3)))),
        proof(
            "sigmoid",
            "inference/own",
            p -> named("y", p.tf().withName("named").math.sigmoid(p.dense("own", 3)))),
        proof(
            "average",
            "before",
            p ->
                named(
                    "y",
                    p.tf()
                        .withName("named")
                        .math
                        .mul(
                            p.tf()
                                .math
                                .add(
                                    p.tf().nn.softmax(p.dense("a", 3)),
                                    p.tf().nn.softmax(p.dense("b", 3))),
                            p.tf().constant(0.5f)))),
        proof(
            "exponentials over their sum",
            "Sub:0",
            p ->
                named(
                    "y",
                    p.tf()
                        .withName("named")
                        .identity(exponentialsOverSum(p.tf(), p.dense("own", 3))))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("probabilities")
  void namedProbabilitiesAreNoLogits(
      String name, String remedy, Function<Parts<TFloat32>, Map<String, Operand<?>>> outputs) {
    Path model = write(outputs);
    for (ClassificationLoss loss : List.of(SOFTMAX, SIGMOID)) {
      assertThatThrownBy(() -> found(model, options(loss).withLogits("named:0")))
          .as(loss.toString())
          .isInstanceOf(SavedModelException.class)
          .hasMessageContaining("found probabilities")
          .hasMessageContaining(remedy);
    }
  }

  @Test
  void namedLogarithmsOfProbabilitiesLeadToTheirLogits() {
    Path model =
        write(
            p -> {
              LogSoftmax<TFloat32> output =
                  p.tf().withName("named").nn.logSoftmax(p.dense("own", 3));
              return named("y", output);
            });
    assertThat(found(model, options(SOFTMAX).withLogits("named:0"))).startsWith("inference/own");
  }

  @Test
  void anyOtherNamedTensorIsTaken() {
    Path model = write(p -> named("y", p.tf().withName("named").math.tanh(p.dense("own", 3))));
    assertThat(found(model, options(SOFTMAX).withLogits("named:0"))).isEqualTo("named");
  }
}
