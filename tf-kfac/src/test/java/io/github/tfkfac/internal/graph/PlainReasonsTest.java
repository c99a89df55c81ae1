package io.github.tfkfac.internal.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.ScanReport;
import io.github.tfkfac.ScanReport.Outcome;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.nn.Conv3d;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** What the report says of variables that no layer covers, and of layers it nearly left out. */
class PlainReasonsTest {

  private static final List<Long> ONE = List.of(1L, 1L, 1L, 1L);

  private TestGraph<TFloat32> graph;
  private Ops tf;

  @BeforeEach
  void open() {
    graph = new TestGraph<>(TFloat32.class, Kind.RESOURCE);
    tf = graph.tf;
  }

  @AfterEach
  void close() {
    graph.close();
  }

  private Operand<TFloat32> weight(String name, long... shape) {
    return graph.variable(name, 1, Shape.of(shape));
  }

  private ScanReport.Entry entry(Operand<TFloat32> output, String variable) {
    Operand<TFloat32> loss = graph.sum(tf.math.square(output));
    TrainableVariables found =
        TrainableVariables.find(graph.graph, List.of(loss), name -> true, List.of());
    return LayerScanner.scan(found, List.of(loss), name -> true).report().entries().stream()
        .filter(one -> one.variable().equals(variable))
        .findFirst()
        .orElseThrow();
  }

  private void assertPlain(Operand<TFloat32> output, String variable, String... reason) {
    ScanReport.Entry entry = entry(output, variable);
    assertThat(entry.outcome()).as(entry.reason()).isEqualTo(Outcome.PLAIN);
    assertThat(entry.reason()).contains(reason);
  }

  private void assertCaptured(Operand<TFloat32> output, String variable) {
    ScanReport.Entry entry = entry(output, variable);
    assertThat(entry.outcome()).as(entry.reason()).isEqualTo(Outcome.CAPTURED);
  }

  /** A matrix behind something of which the batch was made one; not the factor of a weight. */
  @Test
  void aLayerBehindOneExampleOfABatchNamesWhatPickedIt() {
    Operand<TFloat32> x = graph.input(Shape.of(-1, 4));
    Operand<TFloat32> first =
        tf.withName("pick")
            .stridedSlice(
                x, tf.array(0), tf.array(1), tf.array(1), StridedSlice.shrinkAxisMask(1L));
    Operand<TFloat32> row = tf.reshape(first, tf.array(1, 4));
    Operand<TFloat32> y = tf.linalg.matMul(row, weight("w", 4, 3));
    Operand<TFloat32> biased = tf.nn.biasAdd(y, weight("b", 3));
    assertPlain(biased, "w", "is the same for all examples", "StridedSlice 'pick'");
    assertPlain(biased, "b", "MatMul", "whose weight is not captured");
  }

  @Test
  void aLayerBehindTheSumOfABatchNamesIt() {
    Operand<TFloat32> x = graph.input(Shape.of(-1, 4));
    Operand<TFloat32> sum =
        tf.withName("total").reduceSum(x, tf.constant(0), ReduceSum.keepDims(true));
    assertPlain(
        tf.linalg.matMul(tf.math.tanh(sum), weight("w", 4, 3)), "w", "Sum 'total' picks or joins");
  }

  @Test
  void rowsOfABiasOfTwoLayersNameBoth() {
    Operand<TFloat32> x = graph.input(Shape.of(-1, 4));
    List<Operand<TFloat32>> rows =
        tf.split(tf.constant(0), weight("b", 2, 3), 2L).output().stream()
            .<Operand<TFloat32>>map(row -> tf.squeeze(row, Squeeze.axis(List.of(0L))))
            .toList();
    Operand<TFloat32> first = tf.nn.biasAdd(tf.linalg.matMul(x, weight("w", 4, 3)), rows.get(0));
    Operand<TFloat32> second = tf.math.add(tf.linalg.matMul(x, weight("u", 4, 3)), rows.get(1));
    assertPlain(tf.math.mul(first, tf.math.sigmoid(second)), "b", "several layers, 'u' and 'w'");
  }

  @Test
  void theBiasOfATransposedConvolutionSaysThatItsPositionsAreOthers() {
    Operand<TFloat32> x = graph.input(Shape.of(-1, 3, 3, 2));
    Operand<TFloat32> y =
        tf.nn.conv2dBackpropInput(
            tf.array(5, 6, 6, 4), weight("w", 3, 3, 4, 2), x, List.of(1L, 2L, 2L, 1L), "SAME");
    Operand<TFloat32> biased = tf.nn.biasAdd(y, weight("b", 4));
    assertPlain(biased, "b", "every output position of transposed convolution 'w'");
    assertCaptured(biased, "w");
  }

  @Test
  void theBiasBesideAProductOfWeightsOfWhichOneIsFixedSaysSo() {
    Operand<TFloat32> x = graph.input(Shape.of(-1, 4));
    Operand<TFloat32> fixed = graph.constant(Shape.of(2, 3), TestGraph.random(3, 6));
    Operand<TFloat32> y = tf.linalg.matMul(x, tf.linalg.matMul(weight("a", 4, 2), fixed));
    assertPlain(
        tf.nn.biasAdd(y, weight("b", 3)), "b", "whose weight is a product with another matrix");
  }

  @Test
  void kindsOfLayersThatShareAWeightAreNamed() {
    Operand<TFloat32> x = graph.input(Shape.of(-1, 4));
    Operand<TFloat32> w = weight("w", 4, 3);
    Operand<TFloat32> there = tf.math.tanh(tf.linalg.matMul(x, w));
    assertPlain(
        tf.linalg.matMul(there, w, MatMul.transposeB(true)),
        "w",
        "a dense layer from 4 to 3 features; a dense layer from 3 to 4 features, transposed");
  }

  @Test
  void convolutionsInBlocksThatAreNoneAtAllSayWhy() {
    Operand<TFloat32> x = graph.input(Shape.of(-1, 8, 8, 2));
    Operand<TFloat32> blocks =
        tf.spaceToBatchNd(x, tf.array(2, 2), tf.constant(new int[][] {{0, 0}, {0, 0}}));
    Operand<TFloat32> left = tf.nn.conv2d(blocks, weight("left", 3, 3, 2, 3), ONE, "VALID");
    assertPlain(left, "left", "no BatchToSpaceND puts together");
    Operand<TFloat32> padded = tf.nn.conv2d(blocks, weight("padded", 3, 3, 2, 3), ONE, "SAME");
    assertPlain(
        tf.batchToSpaceNd(padded, tf.array(2, 2), tf.constant(new int[][] {{0, 0}, {0, 0}})),
        "padded",
        "has padding, strides or dilations within the blocks");
    Operand<TFloat32> other = tf.nn.conv2d(blocks, weight("other", 1, 1, 2, 3), ONE, "VALID");
    assertPlain(
        tf.batchToSpaceNd(other, tf.array(4, 1), tf.constant(new int[][] {{0, 0}, {0, 0}})),
        "other",
        "blocks of lengths [2, 2] that are joined as ones of lengths [4, 1]");
  }

  @Test
  void convolutionsInThreeDimensionsThatAreNotCapturedSayWhy() {
    List<Long> strides = List.of(1L, 1L, 1L, 1L, 1L);
    Operand<TFloat32> first = graph.input(Shape.of(-1, 2, 4, 4, 4));
    assertPlain(
        tf.nn.conv3d(
            first, weight("first", 1, 1, 1, 2, 3), strides, "SAME", Conv3d.dataFormat("NCDHW")),
        "first",
        "data format NCDHW; NDHWC is captured");
    Operand<TFloat32> last = graph.input(Shape.of(-1, 4, 4, 4, 2));
    assertPlain(
        tf.nn.conv3d(
            last,
            weight("dilated", 2, 2, 2, 2, 3),
            strides,
            "SAME",
            Conv3d.dilations(1L, 2L, 2L, 2L, 1L)),
        "dilated",
        "is dilated");
  }

  @Test
  void examplesBehindSegmentsOfFeaturesStayExamples() {
    Operand<TFloat32> x = graph.input(Shape.of(-1, 4));
    Operand<TFloat32> columns = tf.linalg.transpose(x, tf.array(1, 0));
    Operand<TFloat32> sums =
        tf.math.unsortedSegmentSum(columns, tf.array(0, 0, 1, 1), tf.constant(2));
    Operand<TFloat32> back = tf.linalg.transpose(sums, tf.array(1, 0));
    assertCaptured(tf.linalg.matMul(back, weight("w", 2, 3)), "w");
  }

  @Test
  void idsFromASparseTensorOfABatchAreLookedUpForExamples() {
    Operand<TFloat32> entered = graph.input(Shape.of(-1, 2));
    Operand<TInt64> places = tf.dtypes.cast(entered, TInt64.class);
    Operand<TInt64> ids = tf.reshape(tf.gather(places, tf.array(1), tf.constant(1)), tf.array(-1));
    Operand<TInt64> dense =
        tf.sparse.sparseToDense(places, tf.constant(new long[] {5, 3}), ids, tf.constant(0L));
    assertCaptured(tf.gather(weight("table", 7, 2), dense, tf.constant(0)), "table");
  }
}
