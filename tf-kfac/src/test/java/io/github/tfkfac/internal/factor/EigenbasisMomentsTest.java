package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.internal.factor.BruteForce.assertClose;
import static io.github.tfkfac.testing.NkfacOracle.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.Fisher;
import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.LayerUse;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.extension.Standardization;
import io.github.tfkfac.extension.Tap;
import io.github.tfkfac.internal.factor.LayerInModel.Kind;
import io.github.tfkfac.internal.factor.LayerInModel.Kronecker;
import io.github.tfkfac.testing.CapturedLayers;
import io.github.tfkfac.testing.FullMoments;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

class EigenbasisMomentsTest {

  private static final double EXACT = 1e-10;
  private static final int EXAMPLES = 5;

  @ParameterizedTest
  @EnumSource(Kind.class)
  void itIsTheDiagonalOfTheEmpiricalFisher(Kind kind) {
    assertDiagonal(kind, Fisher.empirical(), Long.MAX_VALUE);
  }

  @ParameterizedTest
  @EnumSource(names = {"DENSE", "SEQUENCE", "CONVOLUTION", "DEPTHWISE"})
  void itIsTheDiagonalOfTheExactFisher(Kind kind) {
    assertDiagonal(kind, Fisher.exact(), Long.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource({
    "SEQUENCE, 1",
    "SEQUENCE, 40000",
    "CONVOLUTION, 100000",
    "DEPTHWISE, 100000",
    "SHARED, 20000"
  })
  void theBatchMayBeCutIntoParts(Kind kind, long partBytes) {
    assertDiagonal(kind, Fisher.empirical(), partBytes);
  }

  /**
   * 128 examples stand in for the unknown batch; of each 2·positions·(inputs + outputs) and
   * 3·inputs·outputs numbers of 8 bytes: 2·2·(5 + 3) + 3·15 = 77 in a sequence of two, 2·12·(19 +
   * 2) + 3·38 = 618 in a convolution with 12 positions, 2·12·(10 + 2) + 3·20 = 348 for each of two
   * channels.
   */
  @ParameterizedTest
  @CsvSource({
    "SEQUENCE, 616, 128",
    "SEQUENCE, 1231, 128",
    "SEQUENCE, 1232, 64",
    "SEQUENCE, 78848, 1",
    "SEQUENCE, 78847, 2",
    "CONVOLUTION, 9888, 64",
    "CONVOLUTION, 9887, 128",
    "DEPTHWISE, 11136, 64",
    "DEPTHWISE, 11135, 128"
  })
  void aPartTakesAsManyExamplesAsItsBytesHold(Kind kind, long partBytes, int parts) {
    try (LayerInModel model = new LayerInModel(kind)) {
      Ops tf = model.graph.tf;
      FisherTap<TFloat64> tap = model.tap(Fisher.empirical());
      Operand<TFloat64> input = model.graph.input(tap.site().inputStructure().shape());
      Operand<TFloat64> output = model.graph.input(tap.site().outputStructure().shape());
      long before = squares(model.graph.graph);

      EigenbasisMoments.of(tf, tap, Eigenbasis.of(input, output), partBytes);

      assertThat(squares(model.graph.graph) - before).isEqualTo(parts);
    }
  }

  private static long squares(Graph graph) {
    long count = 0;
    for (Iterator<GraphOperation> all = graph.operations(); all.hasNext(); ) {
      count += all.next().type().equals("Square") ? 1 : 0;
    }
    return count;
  }

  /** {@code S = diag(QᵀFQ)}, and the distance from F that follows. */
  private static void assertDiagonal(Kind kind, Fisher fisher, long partBytes) {
    try (LayerInModel model = new LayerInModel(kind)) {
      Ops tf = model.graph.tf;
      FisherTap<TFloat64> tap = model.tap(fisher);
      LayerSite<TFloat64> site = tap.site();
      SecondMoments<TFloat64> moments = FullMoments.of(tf, tap);
      Placeholder<TFloat64> input = model.graph.input(site.inputStructure().shape());
      Placeholder<TFloat64> output = model.graph.input(site.outputStructure().shape());
      Operand<TFloat64> diagonal =
          EigenbasisMoments.of(tf, tap, Eigenbasis.of(input, output), partBytes);
      model.graph.start();
      model.feedBatch(EXAMPLES);

      List<Kronecker> factors = model.factors(site, moments);
      List<SimpleMatrix> vectors = new ArrayList<>();
      factors.forEach(factor -> vectors.add(factor.a().svd().getU()));
      factors.forEach(factor -> vectors.add(factor.g().svd().getU()));
      int groups = factors.size();
      feed(model, input, vectors.subList(0, groups));
      feed(model, output, vectors.subList(groups, 2 * groups));
      List<SimpleMatrix> found =
          LayerInModel.stack(
              groups, site.inputSize(), site.outputSize(), model.graph.fetch(diagonal));

      List<SimpleMatrix> blocks = model.blocks(site, fisher);
      for (int i = 0; i < groups; i++) {
        SimpleMatrix basis = vectors.get(i).kron(vectors.get(groups + i));
        SimpleMatrix block = blocks.get(i);
        SimpleMatrix rotated = basis.transpose().mult(block).mult(basis);
        assertClose(values(found.get(i)), values(rotated.diag()), EXACT);

        SimpleMatrix scaled =
            basis.mult(SimpleMatrix.diag(values(found.get(i)))).mult(basis.transpose());
        double distance = block.minus(scaled).normF();
        assertThat(distance)
            .isLessThanOrEqualTo(block.minus(factors.get(i).product()).normF() + EXACT);
        assertThat(distance).isLessThan(block.normF());
      }
    }
  }

  private static void feed(
      LayerInModel model, Placeholder<TFloat64> placeholder, List<SimpleMatrix> matrices) {
    double[] all =
        matrices.stream().flatMapToDouble(matrix -> Arrays.stream(values(matrix))).toArray();
    model.graph.feed(placeholder, placeholder.asOutput().shape(), all);
  }

  @Test
  void forOneExampleOfADenseLayerItIsTheProductOfTheEigenvalues() {
    try (LayerInModel model = new LayerInModel(Kind.DENSE)) {
      Ops tf = model.graph.tf;
      FisherTap<TFloat64> tap = model.tap(Fisher.empirical());
      SecondMoments<TFloat64> moments = FullMoments.of(tf, tap);
      Placeholder<TFloat64> input = model.graph.input(Shape.of(5, 5));
      Placeholder<TFloat64> output = model.graph.input(Shape.of(3, 3));
      Operand<TFloat64> diagonal = EigenbasisMoments.of(tf, tap, Eigenbasis.of(input, output));
      model.graph.start();
      model.feedBatch(1);
      Kronecker factors = model.factors(tap.site(), moments).get(0);
      feed(model, input, List.of(factors.a().svd().getU()));
      feed(model, output, List.of(factors.g().svd().getU()));
      SimpleMatrix eigenvalues =
          factors.a().svd().getW().diag().mult(factors.g().svd().getW().diag().transpose());
      assertThat(eigenvalues.get(0, 0)).isGreaterThan(1e-3);
      assertClose(model.graph.fetch(diagonal), values(eigenvalues), EXACT);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DENSE", "SEQUENCE", "CONVOLUTION", "DEPTHWISE"})
  void aSideWithoutEigenvectorsKeepsItsCoordinates(Kind kind) {
    try (LayerInModel model = new LayerInModel(kind)) {
      FisherTap<TFloat64> tap = model.tap(Fisher.empirical());
      Operand<TFloat64> diagonal =
          EigenbasisMoments.of(
              model.graph.tf, tap, new Eigenbasis<>(Optional.empty(), Optional.empty()));
      model.graph.start();
      model.feedBatch(EXAMPLES);
      double[] found = model.graph.fetch(diagonal);
      double[] expected = new double[found.length];
      for (double[] gradient : model.gradientsPerExample(tap.site(), Fisher.empirical())) {
        for (int i = 0; i < expected.length; i++) {
          expected[i] += gradient[i] * gradient[i] / EXAMPLES;
        }
      }
      assertClose(found, expected, EXACT);
    }
  }

  @Test
  void groupsAreConvolutionsOfTheirOwn() {
    int groups = 2;
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> x = random(graph, 1, EXAMPLES, 4, 3, groups * 3L);
      Operand<TFloat64> g = random(graph, 2, EXAMPLES, 4, 3, groups * 2L);
      Operand<TFloat64> input = random(graph, 3, groups, 13, 13);
      Operand<TFloat64> output = random(graph, 4, groups, 2, 2);
      ConvolutionGeometry geometry = new ConvolutionGeometry(2, 2, 3, 2, 1, 1, Padding.SAME);
      GraphVariable<TFloat64> kernel = declare(graph, "kernel", Shape.of(2, 2, 3, 2L * groups));
      Optional<GraphVariable<TFloat64>> bias =
          Optional.of(declare(graph, "bias", Shape.of(2L * groups)));
      List<Operand<TFloat64>> values = new ArrayList<>();
      values.add(
          EigenbasisMoments.of(
              tf,
              tap(
                  uses ->
                      new LayerSite<>(
                          kernel, bias, uses, new LayerKind.GroupedConvolution(geometry, 2)),
                  x,
                  g),
              Eigenbasis.of(input, output)));
      for (int group = 0; group < groups; group++) {
        values.add(
            EigenbasisMoments.of(
                tf,
                tap(
                    uses ->
                        new LayerSite<>(kernel, bias, uses, new LayerKind.Convolution(geometry)),
                    channels(tf, x, 3 * group, 3),
                    channels(tf, g, 2 * group, 2)),
                Eigenbasis.of(matrix(tf, input, group), matrix(tf, output, group))));
      }
      graph.start();
      List<double[]> found = graph.fetch(values);
      double[] both = Arrays.copyOf(found.get(1), found.get(0).length);
      System.arraycopy(found.get(2), 0, both, both.length / 2, both.length / 2);
      assertThat(Tensors.relativeError(found.get(0), both)).isLessThan(EXACT);
    }
  }

  private static Operand<TFloat64> random(TestGraph<TFloat64> graph, long seed, long... shape) {
    return graph.constant(Shape.of(shape), TestGraph.random(seed, Shape.of(shape).size()));
  }

  private static GraphVariable<TFloat64> declare(
      TestGraph<TFloat64> graph, String name, Shape shape) {
    return graph.declare(
        TestGraph.Kind.REFERENCE, name, shape, new double[Math.toIntExact(shape.size())]);
  }

  private static FisherTap<TFloat64> tap(
      Function<List<LayerUse>, LayerSite<TFloat64>> site,
      Operand<TFloat64> x,
      Operand<TFloat64> g) {
    LayerUse use = LayerUse.plain(x.asOutput(), g.asOutput());
    Tap.Flow<TFloat64> flow = Tap.Flow.ofRows(x, g);
    return new FisherTap<>(List.of(new Tap<>(site.apply(List.of(use)), List.of(flow))));
  }

  private static Operand<TFloat64> channels(Ops tf, Operand<TFloat64> image, int first, int count) {
    return tf.slice(image, tf.array(0, 0, 0, first), tf.array(-1, -1, -1, count));
  }

  private static Operand<TFloat64> matrix(Ops tf, Operand<TFloat64> stack, int index) {
    return tf.gather(stack, tf.constant(index), tf.constant(0));
  }

  @Test
  void whatCannotBeDoneIsSaidWithTheReason() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> w = graph.variable("w", 1, Shape.of(3, 2));
      Operand<TFloat64> loss = graph.tf.constant(0.0);
      for (int examples : new int[] {2, 4}) {
        Operand<TFloat64> x = graph.constant(Shape.of(examples, 3), new double[3 * examples]);
        loss = graph.tf.math.add(loss, graph.halfSquare(graph.tf.linalg.matMul(x, w)));
      }
      Tap<TFloat64> tap = new CapturedLayers<>(graph, loss).taps.get(0);
      assertThatThrownBy(
              () ->
                  EigenbasisMoments.of(
                      graph.tf,
                      new FisherTap<>(List.of(tap)),
                      new Eigenbasis<>(Optional.empty(), Optional.empty())))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("layer 'w'")
          .hasMessageContaining("batches of 2 and of 4");
    }
    try (LayerInModel model = new LayerInModel(Kind.DENSE)) {
      LayerSite<TFloat64> site = model.layers.taps.get(0).site();
      FactorStructure full = site.inputStructure();
      assertThat(Eigenbasis.obstacle(site, full, site.outputStructure())).isEmpty();
      assertThat(Eigenbasis.obstacle(site, new FactorStructure.Diagonal(5), full)).isEmpty();
      assertThat(Eigenbasis.obstacle(site, full, new FactorStructure.Blocks(3, 2)))
          .hasValueSatisfying(reason -> assertThat(reason).contains("'w43'", "blocks"));
    }
  }

  @Test
  void aBatchOfUnknownSizeMayBeTheOthers() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> w = graph.variable("w", 1, Shape.of(3, 2));
      Operand<TFloat64> unknown = graph.input(Shape.of(-1, 3));
      Operand<TFloat64> four = graph.input(Shape.of(4, 3));
      Operand<TFloat64> loss =
          tf.math.add(
              graph.halfSquare(tf.linalg.matMul(unknown, w)),
              graph.halfSquare(tf.linalg.matMul(four, w)));
      LayerSite<TFloat64> site = new CapturedLayers<>(graph, loss).taps.get(0).site();

      assertThat(site.uses()).hasSize(2);
      assertThat(Eigenbasis.obstacle(site, site.inputStructure(), site.outputStructure()))
          .isEmpty();
    }
  }

  @Test
  void aScaleAndShiftHasNoEigenbasis() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      LayerSite<TFloat64> site =
          new LayerSite<>(
              declare(graph, "gamma", Shape.of(3)),
              Optional.empty(),
              List.of(),
              new LayerKind.ScaleShift(3, new Standardization.None()));

      assertThat(Eigenbasis.obstacle(site, site.inputStructure(), site.outputStructure()))
          .hasValueSatisfying(
              reason -> assertThat(reason).contains("'gamma'", "gradients per example"));
    }
  }
}
