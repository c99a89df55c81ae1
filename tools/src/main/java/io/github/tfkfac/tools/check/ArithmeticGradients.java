package io.github.tfkfac.tools.check;

import static io.github.tfkfac.tools.check.GradientCase.ints;

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
          GradientCase.of("AddV2", WITH_BROADCAST, (tf, x) -> tf.math.add(x.get(0), x.get(1))),
          GradientCase.of("AddN", List.of(MATRIX, MATRIX), (tf, x) -> tf.math.addN(x)),
          GradientCase.of("Sub", WITH_BROADCAST, (tf, x) -> tf.math.sub(x.get(0), x.get(1))),
          GradientCase.of("Mul", WITH_BROADCAST, (tf, x) -> tf.math.mul(x.get(0), x.get(1))),
          GradientCase.of("RealDiv", WITH_BROADCAST, (tf, x) -> tf.math.div(x.get(0), x.get(1))),
          GradientCase.of(
              "DivNoNan", WITH_BROADCAST, (tf, x) -> tf.math.divNoNan(x.get(0), x.get(1))),
          GradientCase.of("Pow", MATRIX, (tf, x) -> tf.math.pow(x.get(0), tf.constant(3.0))),
          GradientCase.of(
              "Maximum", WITH_BROADCAST, (tf, x) -> tf.math.maximum(x.get(0), x.get(1))),
          GradientCase.of(
              "Minimum", WITH_BROADCAST, (tf, x) -> tf.math.minimum(x.get(0), x.get(1))),
          GradientCase.of(
              "SquaredDifference",
              WITH_BROADCAST,
              (tf, x) -> tf.math.squaredDifference(x.get(0), x.get(1))),
          GradientCase.of("Square", MATRIX, (tf, x) -> tf.math.square(x.get(0))),
          GradientCase.of("Sqrt", MATRIX, (tf, x) -> tf.math.sqrt(tf.math.abs(x.get(0)))),
          GradientCase.of("Rsqrt", MATRIX, (tf, x) -> tf.math.rsqrt(tf.math.abs(x.get(0)))),
          GradientCase.of("Log", MATRIX, (tf, x) -> tf.math.log(tf.math.abs(x.get(0)))),
          GradientCase.of("Log1p", MATRIX, (tf, x) -> tf.math.log1p(tf.math.abs(x.get(0)))),
          GradientCase.of("Exp", MATRIX, (tf, x) -> tf.math.exp(x.get(0))),
          GradientCase.of("Expm1", MATRIX, (tf, x) -> tf.math.expm1(x.get(0))),
          GradientCase.of("Neg", MATRIX, (tf, x) -> tf.math.neg(x.get(0))),
          GradientCase.of("Abs", MATRIX, (tf, x) -> tf.math.abs(x.get(0))),
          GradientCase.of("Reciprocal", MATRIX, (tf, x) -> tf.math.reciprocal(x.get(0))),
          GradientCase.of("Sin", MATRIX, (tf, x) -> tf.math.sin(x.get(0))),
          GradientCase.of("Cos", MATRIX, (tf, x) -> tf.math.cos(x.get(0))),
          GradientCase.ofFloat32(
              "Cast", List.of(MATRIX), (tf, x) -> tf.dtypes.cast(x.get(0), TFloat64.class)),
          GradientCase.of(
              "ClipByValue",
              MATRIX,
              (tf, x) -> tf.clipByValue(x.get(0), tf.constant(-0.7), tf.constant(0.7))),
          GradientCase.of("Cumsum", MATRIX, (tf, x) -> tf.math.cumsum(x.get(0), tf.constant(1))),
          GradientCase.of("Sum", MATRIX, (tf, x) -> tf.sum(x.get(0), ints(tf, 1))),
          GradientCase.of("Mean", MATRIX, (tf, x) -> tf.math.mean(x.get(0), ints(tf, 0))),
          GradientCase.of("Prod", MATRIX, (tf, x) -> tf.prod(x.get(0), ints(tf, 1))),
          GradientCase.of("Max", MATRIX, (tf, x) -> tf.max(x.get(0), ints(tf, 1))),
          GradientCase.of("Min", MATRIX, (tf, x) -> tf.min(x.get(0), ints(tf, 1))),
          GradientCase.of(
              "Einsum",
              List.of(MATRIX, Shape.of(3, 2)),
              (tf, x) -> tf.linalg.einsum(x, "ij,jk->ki")),
          GradientCase.of("MatrixDiag", Shape.of(3), (tf, x) -> tf.linalg.tensorDiag(x.get(0))),
          GradientCase.of(
              "Cholesky", SQUARE, (tf, x) -> tf.linalg.cholesky(positiveDefinite(tf, x.get(0)))),
          GradientCase.of(
              "MatrixInverse", SQUARE, (tf, x) -> tf.linalg.inv(positiveDefinite(tf, x.get(0)))),
          GradientCase.of(
              "MatrixSolve",
              List.of(SQUARE, SQUARE),
              (tf, x) -> tf.linalg.solve(positiveDefinite(tf, x.get(0)), x.get(1))),
          GradientCase.of(
              "SelfAdjointEigV2",
              SQUARE,
              (tf, x) ->
                  tf.linalg
                      .selfAdjointEig(positiveDefinite(tf, x.get(0)), SelfAdjointEig.computeV(true))
                      .e()),
          GradientCase.of("StatelessIf", SQUARE, ArithmeticGradients::squareOrNegative),
          GradientCase.of("CollectiveReduce", SQUARE, ArithmeticGradients::sumOverOneProcess));

  private ArithmeticGradients() {}

  private static Operand<TFloat64> squareOrNegative(Ops tf, List<Operand<TFloat64>> x) {
    try (ConcreteFunction square = function((inside, in) -> inside.math.square(in));
        ConcreteFunction negative = function((inside, in) -> inside.math.neg(in))) {
      List<Operand<?>> arguments = List.of(x.get(0));
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

  private static Operand<TFloat64> sumOverOneProcess(Ops tf, List<Operand<TFloat64>> x) {
    return tf.scope()
        .env()
        .opBuilder("CollectiveReduce", "CollectiveReduce", tf.scope())
        .addInput(x.get(0).asOutput())
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
