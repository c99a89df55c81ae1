package io.github.tfkfac.tools.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Cadence;
import io.github.tfkfac.internal.state.Gate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

class StepModelTest {
  private static final long SIDE = 100;
  private static final long MATRIX = SIDE * SIDE * Float.BYTES;

  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Placeholder<TFloat32> input =
      tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1)));

  @AfterEach
  void close() {
    graph.close();
  }

  /** A new matrix, which takes no memory from its operand. */
  private Operand<TFloat32> turned(Operand<TFloat32> matrix) {
    return tf.linalg.transpose(matrix, tf.constant(new int[] {1, 0}));
  }

  private StepMemory memory(Op target, Operand<?>... fetches) {
    return model(target, fetches).at(0);
  }

  private StepModel model(Op target, Operand<?>... fetches) {
    return StepModel.of(
        target.op(), List.of(fetches), Map.of(input.op().name(), Shape.of(SIDE, SIDE)));
  }

  @Test
  void aChainHoldsTwoNeighbors() {
    StepMemory found = memory(turned(turned(turned(input))));

    assertThat(found.temporaryBytes()).isEqualTo(2 * MATRIX);
    assertThat(found.fedBytes()).isEqualTo(MATRIX);
    assertThat(found.variableBytes()).isZero();
    assertThat(found.open()).isEmpty();
  }

  @Test
  void aDiamondHoldsItsTopUntilBothSidesRan() {
    Operand<TFloat32> top = turned(input);
    Operand<TFloat32> product = tf.linalg.matMul(turned(top), turned(top));

    StepMemory found = memory(product);

    assertThat(found.temporaryBytes()).isEqualTo(3 * MATRIX);
    assertThat(found.largest()).hasSize(3).allMatch(one -> one.bytes() == MATRIX);
  }

  @Test
  void viewsTakeNoMemory() {
    Operand<TFloat32> flat = tf.reshape(turned(input), tf.array(-1));
    Operand<TFloat32> again = tf.identity(tf.expandDims(flat, tf.constant(0)));

    assertThat(memory(tf.reshape(again, tf.array((int) SIDE, -1))).temporaryBytes())
        .isEqualTo(MATRIX);
  }

  @Test
  void entriesAreChangedInPlaceUnlessSomebodyElseReadsThem() {
    Operand<TFloat32> own = turned(input);
    assertThat(memory(tf.math.exp(tf.math.neg(own))).temporaryBytes()).isEqualTo(MATRIX);

    Operand<TFloat32> shared = turned(input);
    Operand<TFloat32> difference = tf.math.sub(turned(tf.math.neg(shared)), shared);
    assertThat(memory(difference).temporaryBytes()).isEqualTo(3 * MATRIX);
  }

  @Test
  void aSumOverNoAxisTakesNoMemory() {
    Operand<TFloat32> own = turned(input);
    Operand<TFloat32> same = tf.reduceSum(own, tf.constant(new int[0]));

    assertThat(memory(turned(tf.linalg.matMul(same, own))).temporaryBytes()).isEqualTo(2 * MATRIX);
  }

  @Test
  void gradientsOfBroadcastValuesHaveKnownSizes() {
    Operand<TFloat32> own = turned(input);
    Operand<TFloat32> sum = tf.math.mul(own, tf.math.mean(own, tf.constant(0)));
    Output<?>[] gradients =
        graph.addGradients(
            tf.reduceSum(sum, tf.array(0, 1)).asOutput(), new Output<?>[] {own.asOutput()});

    StepMemory found = memory(gradients[0]);

    assertThat(found.open()).isEmpty();
    assertThat(found.temporaryBytes()).isGreaterThanOrEqualTo(2 * MATRIX);
  }

  @Test
  void whatIsFedIsNeverOverwritten() {
    assertThat(memory(tf.math.neg(input)).temporaryBytes()).isEqualTo(MATRIX);
  }

  @Test
  void fetchedOutputsLiveToTheEnd() {
    Operand<TFloat32> first = turned(input);
    Operand<TFloat32> second = turned(first);
    Operand<TFloat32> last = turned(second);

    assertThat(memory(last, first, last).temporaryBytes()).isEqualTo(3 * MATRIX);
  }

  @Test
  void anAssignedValueBecomesTheVariable() {
    Operand<?> handle = handle(TFloat32.class, Shape.of(SIDE, SIDE));
    Op assigned = tf.assignVariableOp(handle, turned(input));

    StepMemory found = memory(assigned);

    assertThat(found.variableBytes()).isEqualTo(MATRIX);
    assertThat(found.temporaryBytes()).isEqualTo(MATRIX);
    assertThat(found.peakBytes()).isEqualTo(3 * MATRIX + found.constantBytes());
  }

  @Test
  void readingAVariableTakesNoMemory() {
    Operand<?> handle = handle(TFloat32.class, Shape.of(SIDE, SIDE));
    Operand<TFloat32> value = tf.readVariableOp(handle, TFloat32.class);

    assertThat(memory(tf.reduceSum(value, tf.array(0, 1))).temporaryBytes()).isEqualTo(Float.BYTES);
  }

  @Test
  void aGatedPartCountsAtItsStepsOnly() {
    Operand<TInt64> step = tf.readVariableOp(handle(TInt64.class, Shape.scalar()), TInt64.class);
    Operand<?> state = handle(TFloat32.class, Shape.of(SIDE, SIDE));
    Op gated =
        Gate.when(
            tf,
            Cadence.every(3).due(tf, step),
            ops -> {
              Operand<TFloat32> value = ops.readVariableOp(state, TFloat32.class);
              Operand<TFloat32> product = ops.linalg.matMul(ops.linalg.matMul(value, value), value);
              return List.of(ops.assignVariableOp(state, product));
            });

    StepModel model = model(gated);

    assertThat(model.at(3).temporaryBytes()).isBetween(2 * MATRIX, 2 * MATRIX + 100);
    assertThat(model.at(1).temporaryBytes()).isLessThan(100);
    assertThat(model.at(1).operations()).isLessThan(model.at(3).operations());
  }

  @Test
  void theTakenSideOfAChoiceCounts() {
    Operand<TInt64> step = tf.readVariableOp(handle(TInt64.class, Shape.scalar()), TInt64.class);
    List<Operand<TFloat32>> chosen =
        Gate.choose(
            tf,
            tf.math.less(step, tf.constant(5L)),
            List.<Operand<TFloat32>>of(input),
            (ops, in) ->
                List.of(ops.linalg.matMul(ops.linalg.matMul(in.get(0), in.get(0)), in.get(0))),
            (ops, in) -> in);

    StepModel model = model(chosen.get(0));

    assertThat(model.at(4).temporaryBytes()).isBetween(2 * MATRIX, 2 * MATRIX + 100);
    assertThat(model.at(5).temporaryBytes()).isLessThan(100);
  }

  @Test
  void theOrderMayDecide() {
    List<Operand<TFloat32>> sums =
        Stream.<Operand<TFloat32>>generate(() -> tf.reduceSum(turned(input), tf.array(0, 1)))
            .limit(4)
            .toList();
    StepModel model = model(tf.math.addN(sums));

    assertThat(model.at(0, Order.OLDEST).temporaryBytes()).isGreaterThanOrEqualTo(4 * MATRIX);
    assertThat(model.at(0, Order.NEWEST).temporaryBytes()).isLessThan(2 * MATRIX);
    assertThat(model.at(0).temporaryBytes()).isEqualTo(model.at(0, Order.OLDEST).temporaryBytes());
  }

  @Test
  void whatCannotBeKnownIsListed() {
    Operand<TFloat32> values = tf.unique(tf.reshape(input, tf.array(-1)), tf.array(0)).y();

    StepMemory found = memory(tf.math.neg(values));

    assertThat(found.open()).hasSize(2).anyMatch(name -> name.startsWith("Unique"));
    assertThat(model(tf.math.neg(values)).shapes().bounded()).isEmpty();
  }

  @Test
  void entriesThatAreTrueAreAtMostAll() {
    Operand<TInt64> where = tf.where(tf.math.greater(input, tf.constant(0f)));

    StepModel model = model(where);

    assertThat(model.shapes().bounded()).containsExactly(where.op().name());
    assertThat(model.shapes().of(where.asOutput())).isEqualTo(Shape.of(SIDE * SIDE, 2));
    assertThat(model.at(0).open()).isEmpty();
  }

  @Test
  void partsOfATensorAreTogetherAsLongAsIt() {
    Operand<TInt32> levels = tf.dtypes.cast(tf.reshape(input, tf.array(-1)), TInt32.class);
    Operand<TInt64> first = tf.where(tf.math.equal(levels, tf.constant(0)));
    Operand<TInt64> second = tf.where(tf.math.equal(levels, tf.constant(1)));

    StaticShapes shapes = model(tf.concat(List.of(first, second), tf.constant(0))).shapes();

    assertThat(shapes.of(first.asOutput())).isEqualTo(Shape.of(SIDE * SIDE / 2, 1));
    assertThat(shapes.of(second.asOutput())).isEqualTo(Shape.of(SIDE * SIDE / 2, 1));
  }

  @Test
  void stitchedPartsAreTogetherAsLongAsTheyWere() {
    Operand<TFloat32> values = tf.reshape(input, tf.array(-1));
    Operand<TInt32> levels = tf.dtypes.cast(values, TInt32.class);
    List<Operand<TInt32>> rows =
        Stream.of(0, 1)
            .<Operand<TInt32>>map(
                level ->
                    tf.dtypes.cast(
                        tf.reshape(
                            tf.where(tf.math.equal(levels, tf.constant(level))), tf.array(-1)),
                        TInt32.class))
            .toList();
    List<Operand<TFloat32>> parts =
        rows.stream()
            .<Operand<TFloat32>>map(row -> tf.gather(values, row, tf.constant(0)))
            .toList();

    StepMemory found = memory(tf.dynamicStitch(rows, parts));

    assertThat(found.open()).isEmpty();
    assertThat(found.temporaryBytes()).isGreaterThanOrEqualTo(2 * MATRIX);
  }

  private Operand<?> handle(Class<? extends org.tensorflow.types.family.TType> type, Shape shape) {
    return tf.varHandleOp(type, shape);
  }
}
