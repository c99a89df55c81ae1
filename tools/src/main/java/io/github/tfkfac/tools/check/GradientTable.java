package io.github.tfkfac.tools.check;

import io.github.tfkfac.internal.gradient.GradientException;
import io.github.tfkfac.internal.gradient.Gradients;
import io.github.tfkfac.tools.check.GradientCase.Expression;
import io.github.tfkfac.tools.check.GradientResult.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * Tries {@code Graph.addGradients} on one small graph per op type and compares with central
 * differences.
 *
 * <p>With outputs y, weights w and inputs x this compares the gradient of {@code Σ w·y} by x, w
 * being handed to {@code addGradients} as the gradient of y, with {@code (Σ w·y(x + h e) - Σ w·y(x
 * - h e)) / 2h} for every unit vector e.
 *
 * <p>Left out are gradients that end the JVM: that of Square on a reference variable that was not
 * read through Identity, that of a join along an axis of 64 bits, and more than about ten custom
 * gradients.
 */
public final class GradientTable {
  private static final long SEED = 20;

  /** Bound for float64, whose differences with h = 1e-5 are good to about 1e-9. */
  private static final double TOLERANCE_64 = 1e-6;

  private static final double STEP_64 = 1e-5;

  /** Bound for float32, whose differences with h = 1e-2 are good to about 1e-3. */
  private static final double TOLERANCE_32 = 2e-2;

  private static final double STEP_32 = 1e-2;

  /** Cases whose gradient by TensorFlow ends the JVM. */
  private static final Set<String> ENDS_THE_PROCESS = Set.of("ConcatV2 (int64 axis)");

  private GradientTable() {}

  /** Code that differentiates. */
  enum By {
    /** {@code Graph.addGradients} as it is. */
    TENSORFLOW,
    /** The backward pass that training uses. */
    TRAINING
  }

  /** Every case, in the order of the table; takes a few seconds. */
  public static List<GradientResult> check() {
    return check(By.TENSORFLOW);
  }

  static List<GradientResult> check(By differentiated) {
    return cases()
        .filter(tried -> differentiated == By.TRAINING || !ENDS_THE_PROCESS.contains(tried.name()))
        .<GradientResult>map(tried -> check(tried, differentiated))
        .toList();
  }

  private static Stream<GradientCase<?>> cases() {
    return Stream.of(
            LayerGradients.CASES,
            ArrayGradients.CASES,
            ArithmeticGradients.CASES,
            SettingsGradients.CASES,
            SuppliedGradients.CASES)
        .flatMap(List::stream);
  }

  static <T extends TNumber> GradientResult check(GradientCase<T> tried, By differentiated) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      List<Placeholder<TFloat64>> fed = new ArrayList<>();
      List<Operand<T>> inputs = new ArrayList<>();
      for (Shape shape : tried.inputs()) {
        Placeholder<TFloat64> placeholder =
            tf.placeholder(TFloat64.class, Placeholder.shape(shape));
        fed.add(placeholder);
        inputs.add(tf.dtypes.cast(placeholder, tried.type()));
      }
      Expression expression = tried.builder().build(tf, inputs);
      List<? extends Operand<?>> variables =
          expression.variables().isEmpty() ? inputs : expression.variables();
      Random random = new Random(SEED);
      List<double[]> point = tried.inputs().stream().map(shape -> values(random, shape)).toList();
      List<double[]> weights = new ArrayList<>();
      for (Operand<?> output : expression.outputs()) {
        weights.add(values(random, output.shape()));
      }
      Output<?>[] gradients;
      try {
        gradients = gradients(graph, tf, expression.outputs(), weights, variables, differentiated);
      } catch (GradientException rejected) {
        return result(tried, Outcome.REJECTED, Double.NaN, reason(rejected));
      } catch (RuntimeException rejected) {
        String why = reason(rejected);
        Outcome outcome = why.startsWith("No gradient defined") ? Outcome.NONE : Outcome.FAILS;
        return result(tried, outcome, Double.NaN, why);
      }
      try (Session session = new Session(graph)) {
        Evaluation evaluation = new Evaluation(session, fed, tried.inputs());
        List<double[]> found = evaluation.run(doubles(tf, List.of(gradients)), point);
        return compared(
            tried,
            found,
            differences(
                evaluation, doubles(tf, expression.outputs()), point, weights, step(tried)));
      } catch (RuntimeException fails) {
        return result(tried, Outcome.FAILS, Double.NaN, reason(fails));
      }
    }
  }

  private static Output<?>[] gradients(
      Graph graph,
      Ops tf,
      List<? extends Operand<?>> outputs,
      List<double[]> weights,
      List<? extends Operand<?>> variables,
      By differentiated) {
    Output<?>[] initial = new Output<?>[outputs.size()];
    for (int i = 0; i < initial.length; i++) {
      Operand<?> output = outputs.get(i);
      Operand<TFloat64> weight = tf.constant(output.shape(), DataBuffers.of(weights.get(i)));
      initial[i] = tf.dtypes.cast(weight, output.type().asSubclass(TNumber.class)).asOutput();
    }
    if (differentiated == By.TENSORFLOW) {
      return graph.addGradients(null, handles(outputs), handles(variables), initial);
    }
    return new Gradients(graph)
        .add(List.of(handles(outputs)), List.of(handles(variables)), List.of(initial))
        .toArray(Output<?>[]::new);
  }

  private static Output<?>[] handles(List<? extends Operand<?>> operands) {
    return operands.stream().map(Operand::asOutput).toArray(Output<?>[]::new);
  }

  private static List<Operand<TFloat64>> doubles(Ops tf, List<? extends Operand<?>> operands) {
    List<Operand<TFloat64>> cast = new ArrayList<>();
    for (Operand<?> operand : operands) {
      cast.add(tf.dtypes.cast(operand, TFloat64.class));
    }
    return cast;
  }

  private static List<double[]> differences(
      Evaluation evaluation,
      List<Operand<TFloat64>> outputs,
      List<double[]> point,
      List<double[]> weights,
      double step) {
    List<double[]> derivatives = new ArrayList<>();
    for (double[] input : point) {
      double[] derivative = new double[input.length];
      for (int i = 0; i < input.length; i++) {
        double center = input[i];
        input[i] = center + step;
        double above = weightedSum(evaluation.run(outputs, point), weights);
        input[i] = center - step;
        double below = weightedSum(evaluation.run(outputs, point), weights);
        input[i] = center;
        derivative[i] = (above - below) / (2 * step);
      }
      derivatives.add(derivative);
    }
    return derivatives;
  }

  private static double weightedSum(List<double[]> outputs, List<double[]> weights) {
    double sum = 0;
    for (int i = 0; i < outputs.size(); i++) {
      for (int j = 0; j < outputs.get(i).length; j++) {
        sum += weights.get(i)[j] * outputs.get(i)[j];
      }
    }
    return sum;
  }

  private static GradientResult compared(
      GradientCase<?> tried, List<double[]> found, List<double[]> expected) {
    double deviation = 0;
    double largest = 0;
    for (int i = 0; i < expected.size(); i++) {
      for (int j = 0; j < expected.get(i).length; j++) {
        deviation = Math.max(deviation, Math.abs(found.get(i)[j] - expected.get(i)[j]));
        largest = Math.max(largest, Math.abs(expected.get(i)[j]));
      }
    }
    if (largest == 0) {
      throw new IllegalStateException("the gradient case " + tried.name() + " is constant");
    }
    double error = deviation / largest;
    double tolerance = isSingle(tried) ? TOLERANCE_32 : TOLERANCE_64;
    return result(tried, error <= tolerance ? Outcome.OK : Outcome.WRONG, error, "");
  }

  private static GradientResult result(
      GradientCase<?> tried, Outcome outcome, double error, String detail) {
    return new GradientResult(
        tried.name(), isSingle(tried) ? "float32" : "float64", outcome, error, detail);
  }

  private static double step(GradientCase<?> tried) {
    return isSingle(tried) ? STEP_32 : STEP_64;
  }

  private static boolean isSingle(GradientCase<?> tried) {
    return tried.type() == TFloat32.class;
  }

  private static String reason(RuntimeException thrown) {
    String message = thrown.getMessage() == null ? "" : thrown.getMessage();
    return message
        .lines()
        .findFirst()
        .orElse("")
        .replaceFirst("(\\. Please see| \\[?\\[\\{\\{).*", "");
  }

  /** Point at which derivatives by the first input are taken. */
  static double[] firstPoint(Shape shape) {
    return values(new Random(SEED), shape);
  }

  /** Numbers of both signs and at least 0.3 from 0, where activations have their kink. */
  private static double[] values(Random random, Shape shape) {
    return random
        .doubles(shape.size(), 0.3, 1.3)
        .map(value -> random.nextBoolean() ? value : -value)
        .toArray();
  }

  private record Evaluation(Session session, List<Placeholder<TFloat64>> fed, List<Shape> shapes) {

    List<double[]> run(List<Operand<TFloat64>> fetched, List<double[]> point) {
      List<TFloat64> tensors = new ArrayList<>();
      try {
        Session.Runner runner = session.runner();
        for (int i = 0; i < fed.size(); i++) {
          TFloat64 tensor = TFloat64.tensorOf(shapes.get(i), DataBuffers.of(point.get(i)));
          tensors.add(tensor);
          runner.feed(fed.get(i), tensor);
        }
        fetched.forEach(runner::fetch);
        try (Result result = runner.run()) {
          List<double[]> values = new ArrayList<>();
          for (int i = 0; i < fetched.size(); i++) {
            TFloat64 tensor = (TFloat64) result.get(i);
            double[] copy = new double[(int) tensor.size()];
            tensor.copyTo(DataBuffers.of(copy));
            values.add(copy);
          }
          return values;
        }
      } finally {
        tensors.forEach(TFloat64::close);
      }
    }
  }
}
