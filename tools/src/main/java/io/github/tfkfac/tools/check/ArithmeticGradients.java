package io.github.tfkfac.tools.check;

import static io.github.tfkfac.tools.check.GradientCase.ints;
import static io.github.tfkfac.tools.check.GradientCase.row;
import static io.github.tfkfac.tools.check.GradientCase.row32;

import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.If;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.SelfAdjointEig;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TType;

/** Elementwise arithmetic, reductions, decompositions, and what runs across processes. */
final class ArithmeticGradients {
  private static final Shape MATRIX = Shape.of(2, 3);
  private static final Shape SQUARE = Shape.of(2, 2);
  private static final List<Shape> WITH_BROADCAST = List.of(MATRIX, Shape.of(3));

  static final List<GradientCase<?>> CASES =
      List.of(
          row("AddV2", WITH_BROADCAST, (tf, x, y) -> tf.math.add(x, y)),
          row("AddN", List.of(MATRIX, MATRIX), (tf, x) -> tf.math.addN(x)),
          row("Sub", WITH_BROADCAST, (tf, x, y) -> tf.math.sub(x, y)),
          row("Mul", WITH_BROADCAST, (tf, x, y) -> tf.math.mul(x, y)),
          row("RealDiv", WITH_BROADCAST, (tf, x, y) -> tf.math.div(x, y)),
          row("DivNoNan", WITH_BROADCAST, (tf, x, y) -> tf.math.divNoNan(x, y)),
          row("Pow", MATRIX, (tf, x) -> tf.math.pow(x, tf.constant(3.0))),
          row("Maximum", WITH_BROADCAST, (tf, x, y) -> tf.math.maximum(x, y)),
          row("Minimum", WITH_BROADCAST, (tf, x, y) -> tf.math.minimum(x, y)),
          row("SquaredDifference", WITH_BROADCAST, (tf, x, y) -> tf.math.squaredDifference(x, y)),
          row("Square", MATRIX, (tf, x) -> tf.math.square(x)),
          row("Sqrt", MATRIX, (tf, x) -> tf.math.sqrt(tf.math.abs(x))),
          row("Rsqrt", MATRIX, (tf, x) -> tf.math.rsqrt(tf.math.abs(x))),
          row("Log", MATRIX, (tf, x) -> tf.math.log(tf.math.abs(x))),
          row("Log1p", MATRIX, (tf, x) -> tf.math.log1p(tf.math.abs(x))),
          row("Exp", MATRIX, (tf, x) -> tf.math.exp(x)),
          row("Expm1", MATRIX, (tf, x) -> tf.math.expm1(x)),
          row("Neg", MATRIX, (tf, x) -> tf.math.neg(x)),
          row("Abs", MATRIX, (tf, x) -> tf.math.abs(x)),
          row("Reciprocal", MATRIX, (tf, x) -> tf.math.reciprocal(x)),
          row("Sin", MATRIX, (tf, x) -> tf.math.sin(x)),
          row("Cos", MATRIX, (tf, x) -> tf.math.cos(x)),
          row32("Cast", MATRIX, (tf, x) -> tf.dtypes.cast(x, TFloat64.class)),
          row(
              "ClipByValue",
              MATRIX,
              (tf, x) -> tf.clipByValue(x, tf.constant(-0.7), tf.constant(0.7))),
          row("Cumsum", MATRIX, (tf, x) -> tf.math.cumsum(x, tf.constant(1))),
          row("Sum", MATRIX, (tf, x) -> tf.sum(x, ints(tf, 1))),
          row("Mean", MATRIX, (tf, x) -> tf.math.mean(x, ints(tf, 0))),
          row("Prod", MATRIX, (tf, x) -> tf.prod(x, ints(tf, 1))),
          row("Max", MATRIX, (tf, x) -> tf.max(x, ints(tf, 1))),
          row("Min", MATRIX, (tf, x) -> tf.min(x, ints(tf, 1))),
          row(
              "Einsum",
              List.of(MATRIX, Shape.of(3, 2)),
              (tf, x) -> tf.linalg.einsum(x, "ij,jk->ki")),
          row("MatrixDiag", Shape.of(3), (tf, x) -> tf.linalg.tensorDiag(x)),
          row("Cholesky", SQUARE, (tf, x) -> tf.linalg.cholesky(positiveDefinite(tf, x))),
          row("MatrixInverse", SQUARE, (tf, x) -> tf.linalg.inv(positiveDefinite(tf, x))),
          row(
              "MatrixSolve",
              List.of(SQUARE, SQUARE),
              (tf, x, y) -> tf.linalg.solve(positiveDefinite(tf, x), y)),
          row(
              "SelfAdjointEigV2",
              SQUARE,
              (tf, x) ->
                  tf.linalg
                      .selfAdjointEig(positiveDefinite(tf, x), SelfAdjointEig.computeV(true))
                      .e()),
          row("StatelessIf", SQUARE, ArithmeticGradients::squareOrNegative),
          row("CollectiveReduce", SQUARE, ArithmeticGradients::sumOverOneProcess));

  private ArithmeticGradients() {}

  private static Operand<TFloat64> squareOrNegative(Ops tf, Operand<TFloat64> x) {
    try (ConcreteFunction square = function((inside, in) -> inside.math.square(in));
        ConcreteFunction negative = function((inside, in) -> inside.math.neg(in))) {
      List<Operand<?>> arguments = List.of(x);
      List<Class<? extends TType>> types = List.of(TFloat64.class);
      If chosen = tf.ifOp(tf.constant(true), arguments, types, square, negative);
      return tf.reshape(chosen.output().get(0).expect(TFloat64.class), ints(tf, 2, 2));
    }
  }

  private static ConcreteFunction function(
      BiFunction<Ops, Operand<TFloat64>, Operand<TFloat64>> body) {
    return ConcreteFunction.create(
        inside -> {
          Placeholder<TFloat64> in = inside.placeholder(TFloat64.class, Placeholder.shape(SQUARE));
          return Signature.builder().input("in", in).output("out", body.apply(inside, in)).build();
        });
  }

  private static Operand<TFloat64> sumOverOneProcess(Ops tf, Operand<TFloat64> x) {
    return tf.scope()
        .env()
        .opBuilder("CollectiveReduce", "CollectiveReduce", tf.scope())
        .addInput(x.asOutput())
        .setAttr("group_size", 1)
        .setAttr("group_key", 1)
        .setAttr("instance_key", 1)
        .setAttr("merge_op", "Add")
        .setAttr("final_op", "Id")
        .setAttr("subdiv_offsets", new long[] {0})
        .build()
        .output(0);
  }

  private static Operand<TFloat64> positiveDefinite(Ops tf, Operand<TFloat64> square) {
    Operand<TFloat64> transposed = tf.linalg.transpose(square, ints(tf, 1, 0));
    Operand<TFloat64> unit = tf.constant(new double[][] {{1, 0}, {0, 1}});
    return tf.math.add(tf.linalg.matMul(square, transposed), unit);
  }
}
