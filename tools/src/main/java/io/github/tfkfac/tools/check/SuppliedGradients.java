package io.github.tfkfac.tools.check;

import static io.github.tfkfac.tools.check.GradientCase.ints;
import static io.github.tfkfac.tools.check.GradientCase.outputs;
import static io.github.tfkfac.tools.check.GradientCase.raw;
import static io.github.tfkfac.tools.check.GradientCase.row;
import static io.github.tfkfac.tools.check.GradientCase.row32;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;

/** Op types that TensorFlow's C++ library has no gradient of. */
final class SuppliedGradients {
  private static final Shape MATRIX = Shape.of(3, 4);
  private static final Shape CUBE = Shape.of(2, 3, 4);
  private static final Shape STACK = Shape.of(2, 3, 3);
  private static final Shape VOLUME = Shape.of(1, 4, 3, 4, 2);
  private static final Shape IMAGE = Shape.of(2, 5, 4, 2);
  private static final List<Shape> WITH_BROADCAST = List.of(MATRIX, Shape.of(4));

  static final List<GradientCase<?>> CASES = cases();

  private SuppliedGradients() {}

  private static List<GradientCase<?>> cases() {
    List<GradientCase<?>> cases = new ArrayList<>();
    cases.addAll(elementwise());
    cases.addAll(losses());
    cases.addAll(convolutions());
    cases.addAll(arrays());
    cases.addAll(matrices());
    cases.addAll(rejected());
    return List.copyOf(cases);
  }

  private static List<GradientCase<?>> elementwise() {
    List<GradientCase<?>> cases = new ArrayList<>();
    for (String type : List.of("Erfc", "Dawsn", "BesselI0", "BesselI0e", "BesselI1", "BesselI1e")) {
      cases.add(row(type, MATRIX, (tf, x) -> raw(tf, type, x).out()));
    }
    for (String type : List.of("Digamma", "Expint", "Spence")) {
      cases.add(row(type, MATRIX, (tf, x) -> raw(tf, type, tf.math.exp(x)).out()));
    }
    for (String type : List.of("FloorMod", "TruncateMod", "Xlogy", "Xdivy", "MulNoNan")) {
      cases.add(
          row(
              type,
              WITH_BROADCAST,
              (tf, x, y) -> raw(tf, type, tf.math.mul(x, tf.constant(3.0)), tf.math.abs(y)).out()));
    }
    cases.add(
        row(
            "FloorMod (negative divisor)",
            WITH_BROADCAST,
            (tf, x, y) -> raw(tf, "FloorMod", x, y).out()));
    cases.add(
        row("Xlog1py", WITH_BROADCAST, (tf, x, y) -> raw(tf, "Xlog1py", x, tf.math.exp(y)).out()));
    for (String type : List.of("EnsureShape", "Snapshot", "CheckNumericsV2", "DebugIdentityV2")) {
      cases.add(row(type, MATRIX, (tf, x) -> tf.math.square(passed(tf, type, x))));
    }
    cases.add(
        outputs(
            "IdentityN",
            List.of(MATRIX, CUBE),
            (tf, x) -> {
              Operation both =
                  tf.scope()
                      .opBuilder("IdentityN", "IdentityN")
                      .addInputList(x.stream().map(Operand::asOutput).toArray(Output<?>[]::new))
                      .build();
              return List.of(both.output(1), both.output(0));
            }));
    cases.add(
        row(
            "AccumulateNV2",
            List.of(MATRIX, MATRIX),
            (tf, x) -> tf.math.square(tf.math.accumulateN(x, MATRIX))));
    cases.add(
        row(
            "StatelessRandomUniformV2",
            MATRIX,
            (tf, x) ->
                tf.math.mul(
                    x,
                    tf.random.statelessRandomUniform(
                        tf.shape(x), tf.constant(new long[] {1, 2}), TFloat64.class))));
    return cases;
  }

  private static Operand<TFloat64> passed(Ops tf, String type, Operand<TFloat64> x) {
    return switch (type) {
      case "EnsureShape" -> tf.ensureShape(x, MATRIX);
      case "CheckNumericsV2" -> raw(tf, type, x).text("message", "").out();
      default -> raw(tf, type, x).out();
    };
  }

  private static List<GradientCase<?>> losses() {
    return List.of(
        row(
            "SoftmaxCrossEntropyWithLogits (labels)",
            List.of(MATRIX, MATRIX),
            (tf, x, y) -> tf.nn.softmaxCrossEntropyWithLogits(x, tf.nn.softmax(y)).loss()),
        row32(
            "CTCLoss",
            Shape.of(4, 2, 3),
            (tf, x) ->
                raw(
                        tf,
                        "CTCLoss",
                        x,
                        tf.constant(new long[][] {{0, 0}, {0, 1}, {1, 0}}),
                        ints(tf, 0, 1, 1),
                        ints(tf, 4, 3))
                    .single()),
        row32(
            "FusedBatchNormV2 (training)",
            List.of(Shape.of(2, 3, 2, 2), Shape.of(2), Shape.of(2)),
            (tf, x) ->
                raw(
                        tf,
                        "FusedBatchNormV2",
                        x.get(0),
                        x.get(1),
                        x.get(2),
                        tf.constant(new float[0]),
                        tf.constant(new float[0]))
                    .flag("is_training", true)
                    .single()),
        row32(
            "FusedBatchNorm (inference)",
            List.of(Shape.of(2, 3, 2, 2), Shape.of(2), Shape.of(2)),
            (tf, x) ->
                raw(
                        tf,
                        "FusedBatchNorm",
                        x.get(0),
                        x.get(1),
                        x.get(2),
                        tf.constant(new float[] {0.2f, -0.1f}),
                        tf.constant(new float[] {0.9f, 1.4f}))
                    .flag("is_training", false)
                    .single()));
  }

  private static List<GradientCase<?>> convolutions() {
    return List.of(
        row(
            "Conv3D (SAME, stride 2)",
            List.of(VOLUME, Shape.of(2, 3, 2, 2, 3)),
            (tf, x, y) ->
                raw(tf, "Conv3D", x, y)
                    .ints("strides", 1, 2, 2, 2, 1)
                    .text("padding", "SAME")
                    .out()),
        row(
            "Conv3DBackpropInputV2",
            List.of(Shape.of(2, 2, 2, 2, 3), Shape.of(1, 2, 2, 2, 3)),
            (tf, x, y) ->
                raw(tf, "Conv3DBackpropInputV2", ints(tf, 1, 4, 3, 4, 2), x, y)
                    .ints("strides", 1, 2, 2, 2, 1)
                    .text("padding", "SAME")
                    .out()),
        row(
            "MaxPoolWithArgmax",
            IMAGE,
            (tf, x) ->
                raw(tf, "MaxPoolWithArgmax", x)
                    .ints("ksize", 1, 2, 2, 1)
                    .ints("strides", 1, 2, 2, 1)
                    .text("padding", "SAME")
                    .out()),
        row(
            "Dilation2D",
            List.of(IMAGE, Shape.of(2, 2, 2)),
            (tf, x, y) ->
                raw(tf, "Dilation2D", x, y)
                    .ints("strides", 1, 1, 1, 1)
                    .ints("rates", 1, 1, 1, 1)
                    .text("padding", "SAME")
                    .out()),
        row(
            "ExtractImagePatches (SAME, rates 2 and 1)",
            IMAGE,
            (tf, x) ->
                raw(tf, "ExtractImagePatches", x)
                    .ints("ksizes", 1, 2, 3, 1)
                    .ints("strides", 1, 2, 1, 1)
                    .ints("rates", 1, 2, 1, 1)
                    .text("padding", "SAME")
                    .out()));
  }

  private static List<GradientCase<?>> arrays() {
    List<GradientCase<?>> cases = new ArrayList<>();
    cases.add(row("TopKV2 (rank 3)", CUBE, (tf, x) -> raw(tf, "TopKV2", x, tf.constant(3)).out()));
    cases.add(
        row("TopKV2 (rank 1)", Shape.of(5), (tf, x) -> raw(tf, "TopKV2", x, tf.constant(2)).out()));
    for (String type : List.of("TensorScatterUpdate", "TensorScatterAdd", "TensorScatterSub")) {
      cases.add(
          row(
              type + " (rows)",
              List.of(MATRIX, Shape.of(2, 4)),
              (tf, x, y) -> raw(tf, type, x, tf.constant(new int[][] {{2}, {0}}), y).out()));
    }
    for (boolean exclusive : new boolean[] {false, true}) {
      for (boolean reverse : new boolean[] {false, true}) {
        String settings = exclusive + ", " + reverse + ")";
        cases.add(
            row(
                "Cumprod (" + settings,
                CUBE,
                (tf, x) -> scan(tf, "Cumprod", x, exclusive, reverse)));
        cases.add(
            row(
                "Cumprod (zeros, " + settings,
                Shape.of(3, 5),
                (tf, x) ->
                    scan(
                        tf,
                        "Cumprod",
                        tf.math.mul(
                            x,
                            tf.constant(
                                new double[][] {
                                  {1, 0, 1, 1, 1}, {0, 1, 1, 0, 1}, {1, 1, 1, 1, 0}
                                })),
                        exclusive,
                        reverse)));
        cases.add(
            row(
                "Cumprod (at zeros, " + settings,
                Shape.of(3, 5),
                (tf, x) -> scan(tf, "Cumprod", withZeros(tf, x), exclusive, reverse)));
        if (!exclusive) {
          cases.add(
              row(
                  "CumulativeLogsumexp (" + settings,
                  CUBE,
                  (tf, x) -> scan(tf, "CumulativeLogsumexp", x, false, reverse)));
        }
      }
    }
    return cases;
  }

  /** Numbers of which some are zero where the derivative is taken. */
  static Operand<TFloat64> withZeros(Ops tf, Operand<TFloat64> x) {
    double[] point = GradientTable.firstPoint(x.shape());
    for (int i = 0; i < point.length; i++) {
      point[i] *= i % 5 == 1 || i == 8 ? 1 : 0;
    }
    return tf.math.sub(x, tf.reshape(tf.constant(point), tf.constant(x.shape())));
  }

  private static Operand<TFloat64> scan(
      Ops tf, String type, Operand<TFloat64> x, boolean exclusive, boolean reverse) {
    return raw(tf, type, x, tf.constant(-1))
        .flag("exclusive", exclusive)
        .flag("reverse", reverse)
        .out();
  }

  private static List<GradientCase<?>> matrices() {
    List<GradientCase<?>> cases = new ArrayList<>();
    cases.add(
        row("Cholesky (stack)", STACK, (tf, x) -> tf.linalg.cholesky(positiveDefinite(tf, x))));
    for (boolean adjoint : new boolean[] {false, true}) {
      cases.add(
          row(
              "MatrixInverse (adjoint " + adjoint + ")",
              STACK,
              (tf, x) ->
                  raw(tf, "MatrixInverse", positiveDefinite(tf, x))
                      .flag("adjoint", adjoint)
                      .out()));
      cases.add(
          row(
              "MatrixSolve (adjoint " + adjoint + ")",
              List.of(STACK, Shape.of(2, 3, 2)),
              (tf, x, y) ->
                  raw(tf, "MatrixSolve", shifted(tf, x), y).flag("adjoint", adjoint).out()));
      for (boolean lower : new boolean[] {false, true}) {
        cases.add(
            row(
                "MatrixTriangularSolve (broadcast, adjoint " + adjoint + ", lower " + lower + ")",
                List.of(Shape.of(3, 3), Shape.of(2, 3, 2)),
                (tf, x, y) ->
                    raw(tf, "MatrixTriangularSolve", shifted(tf, x), y)
                        .flag("adjoint", adjoint)
                        .flag("lower", lower)
                        .out()));
      }
    }
    cases.add(
        row(
            "MatrixDeterminant",
            STACK,
            (tf, x) -> raw(tf, "MatrixDeterminant", shifted(tf, x)).out()));
    cases.add(
        outputs(
            "LogMatrixDeterminant",
            STACK,
            (tf, x) ->
                List.of(
                    raw(tf, "LogMatrixDeterminant", shifted(tf, x))
                        .operation()
                        .<TFloat64>output(1))));
    cases.add(
        row("Cross", List.of(Shape.of(2, 3), Shape.of(2, 3)), (tf, x, y) -> tf.linalg.cross(x, y)));
    cases.add(row("MatrixDiagPart", CUBE, (tf, x) -> raw(tf, "MatrixDiagPart", x).out()));
    for (String version : List.of("V2", "V3")) {
      cases.add(
          row(
              "MatrixDiagPart" + version,
              CUBE,
              (tf, x) ->
                  raw(tf, "MatrixDiagPart" + version, x, ints(tf, -1, 1), tf.constant(0.0)).out()));
      cases.add(
          row(
              "MatrixDiag" + version,
              CUBE,
              (tf, x) ->
                  raw(
                          tf,
                          "MatrixDiag" + version,
                          x,
                          ints(tf, -1, 1),
                          tf.constant(-1),
                          tf.constant(-1),
                          tf.constant(0.0))
                      .out()));
      cases.add(
          row(
              "MatrixSetDiag" + version,
              List.of(STACK, STACK),
              (tf, x, y) -> raw(tf, "MatrixSetDiag" + version, x, y, ints(tf, -1, 1)).out()));
    }
    cases.add(
        row(
            "MatrixSetDiag",
            List.of(STACK, Shape.of(2, 3)),
            (tf, x, y) -> raw(tf, "MatrixSetDiag", x, y).out()));
    return cases;
  }

  private static List<GradientCase<?>> rejected() {
    return List.of(
        row32(
            "RFFT",
            Shape.of(2, 4),
            (tf, x) -> {
              Operand<?> spectrum = raw(tf, "RFFT", x, ints(tf, 4)).any();
              return raw(tf, "ComplexAbs", spectrum).single();
            }),
        row(
            "Switch",
            MATRIX,
            (tf, x) ->
                tf.merge(
                        List.of(
                            tf.math.square(tf.switchCond(x, tf.constant(true)).outputTrue()),
                            tf.math.neg(tf.switchCond(x, tf.constant(true)).outputFalse())))
                    .output()),
        row("RGBToHSV", Shape.of(2, 3), (tf, x) -> raw(tf, "RGBToHSV", tf.math.sigmoid(x)).out()));
  }

  private static Operand<TFloat64> shifted(Ops tf, Operand<TFloat64> square) {
    Operand<TFloat64> unit = tf.linalg.tensorDiag(tf.constant(new double[] {3, 4, 5}));
    return tf.math.add(square, unit);
  }

  private static Operand<TFloat64> positiveDefinite(Ops tf, Operand<TFloat64> stack) {
    Operand<TFloat64> product = raw(tf, "BatchMatMulV2", stack, stack).flag("adj_y", true).out();
    return shifted(tf, product);
  }
}
