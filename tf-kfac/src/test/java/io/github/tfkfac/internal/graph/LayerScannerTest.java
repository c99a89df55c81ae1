package io.github.tfkfac.internal.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.NormalizationParameters;
import io.github.tfkfac.ScanReport;
import io.github.tfkfac.ScanReport.Entry;
import io.github.tfkfac.ScanReport.Outcome;
import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class LayerScannerTest {

  private TestGraph<TFloat32> graph;
  private Placeholder<TFloat32> x;

  @BeforeEach
  void open() {
    graph = new TestGraph<>(TFloat32.class, Kind.REFERENCE);
    x = graph.input(Shape.of(-1, 3));
  }

  @AfterEach
  void close() {
    graph.close();
  }

  @Test
  void aDenseLayerAndItsBiasAreCaptured() {
    Operand<TFloat32> w = weight("w", 3, 2);
    Operand<TFloat32> b = weight("b", 2);
    LayerScanner.Scan scan = scan(graph.sum(graph.tf.nn.biasAdd(matMul(x, w), b)));
    assertThat(scan.sites()).hasSize(1);
    LayerSite<?> site = scan.sites().get(0);
    assertThat(site.kind()).isInstanceOf(LayerKind.Dense.class);
    assertThat(site.bias().map(GraphVariable::name)).contains("b");
    assertThat(site.inputSize()).isEqualTo(4);
    assertThat(site.outputSize()).isEqualTo(2);
    assertThat(site.factorBytes()).isEqualTo((16 + 4) * 4);
    assertThat(scan.report().entries())
        .containsExactly(
            new Entry("w", Shape.of(3, 2), Outcome.CAPTURED, "dense: factors 4 and 2, with bias"),
            new Entry("b", Shape.of(2), Outcome.CAPTURED, "bias of layer 'w'"));
  }

  @Test
  void theReportIsATableWithOneLinePerVariable() {
    Operand<TFloat32> w = weight("first/weight", 3, 2);
    Operand<TFloat32> scale = weight("scale", 2);
    weight("unused", 5);
    String text = scan(graph.sum(graph.tf.math.mul(matMul(x, w), scale))).report().toString();
    assertThat(text.lines())
        .containsExactly(
            "captured  first/weight  [3, 2]              dense: factors 3 and 2, no bias",
            "plain     scale         [2]                 used by Mul 'Mul'",
            "excluded  unused        [5]                 no path from it to the loss");
  }

  @Test
  void aBiasIsJoinedWhetherItWasCreatedBeforeOrAfterItsWeight() {
    Operand<TFloat32> b = weight("b", 2);
    Operand<TFloat32> w = weight("w", 3, 2);
    LayerScanner.Scan scan = scan(graph.sum(graph.tf.math.add(b, matMul(x, w))));
    assertThat(scan.sites().get(0).bias().map(GraphVariable::name)).contains("b");
    assertThat(entry(scan, "b").reason()).isEqualTo("bias of layer 'w'");
  }

  @Test
  void aBiasSharedByTwoLayersIsJoinedToNeither() {
    Operand<TFloat32> b = weight("b", 2);
    Operand<TFloat32> first = graph.tf.nn.biasAdd(matMul(x, weight("w1", 3, 2)), b);
    Operand<TFloat32> second = graph.tf.nn.biasAdd(matMul(x, weight("w2", 3, 2)), b);
    LayerScanner.Scan scan = scan(graph.sum(graph.tf.math.add(first, second)));
    assertThat(scan.sites()).hasSize(2).allSatisfy(site -> assertThat(site.bias()).isEmpty());
    assertThat(entry(scan, "b").outcome()).isEqualTo(Outcome.PLAIN);
    assertThat(entry(scan, "b").reason())
        .isEqualTo(
            "added to the outputs of several layers, 'w1' and 'w2'; the bias of a single one is captured with it");
  }

  @Test
  void aBiasThatDoesSomethingElseTooIsNotJoined() {
    Operand<TFloat32> b = weight("b", 2);
    Operand<TFloat32> output = graph.tf.math.add(matMul(x, weight("w", 3, 2)), b);
    LayerScanner.Scan scan = scan(graph.sum(graph.tf.math.mul(output, b)));
    assertThat(scan.sites().get(0).bias()).isEmpty();
    assertThat(entry(scan, "b").outcome()).isEqualTo(Outcome.PLAIN);
  }

  @Test
  void aBiasIsNotJoinedWhereTheProductGoesElsewhereToo() {
    Operand<TFloat32> product = matMul(x, weight("w", 3, 2));
    Operand<TFloat32> output = graph.tf.math.add(product, weight("b", 2));
    LayerScanner.Scan scan = scan(graph.sum(graph.tf.math.mul(output, product)));
    assertThat(scan.sites()).hasSize(1);
    assertThat(scan.sites().get(0).bias()).isEmpty();
  }

  @Test
  void aBiasOfAnotherShapeIsNotJoined() {
    Operand<TFloat32> output = graph.tf.math.add(matMul(x, weight("w", 3, 2)), weight("b", 1));
    LayerScanner.Scan scan = scan(graph.sum(output));
    assertThat(scan.sites().get(0).bias()).isEmpty();
    assertThat(entry(scan, "b").outcome()).isEqualTo(Outcome.PLAIN);
  }

  @Test
  void aPenaltyOnWeightOrBiasDoesNotPreventTheCapture() {
    Operand<TFloat32> w = weight("w", 3, 2);
    Operand<TFloat32> b = weight("b", 2);
    Operand<TFloat32> loss = graph.sum(graph.tf.nn.biasAdd(matMul(x, w), b));
    Operand<TFloat32> penalties =
        graph.tf.math.add(graph.tf.nn.l2Loss(w), graph.sum(graph.tf.math.square(b)));
    LayerScanner.Scan scan = scan(graph.tf.math.add(loss, penalties));
    assertThat(scan.sites()).hasSize(1);
    assertThat(scan.sites().get(0).uses()).hasSize(1);
    assertThat(scan.sites().get(0).bias().map(GraphVariable::name)).contains("b");
  }

  @Test
  void aVariableThatOnlyHasAPenaltyIsTrainedPlainly() {
    LayerScanner.Scan scan = scan(graph.tf.nn.l2Loss(weight("w", 3, 2)));
    assertThat(entry(scan, "w"))
        .isEqualTo(new Entry("w", Shape.of(3, 2), Outcome.PLAIN, "no layer uses it"));
  }

  @Test
  void aWeightUsedTwiceIsOneLayerWithTwoUses() {
    Operand<TFloat32> w = weight("w", 3, 3);
    Operand<TFloat32> b = weight("b", 3);
    Operand<TFloat32> once = graph.tf.nn.biasAdd(matMul(x, w), b);
    LayerScanner.Scan scan = scan(graph.sum(graph.tf.nn.biasAdd(matMul(once, w), b)));
    assertThat(scan.sites()).hasSize(1);
    assertThat(scan.sites().get(0).uses()).hasSize(2);
    assertThat(scan.sites().get(0).bias().map(GraphVariable::name)).contains("b");
    assertThat(entry(scan, "w").reason())
        .isEqualTo("dense: factors 4 and 3, with bias, used 2 times");
  }

  @Test
  void aBiasOfOnlyOneOfTwoUsesIsNotJoined() {
    Operand<TFloat32> w = weight("w", 3, 3);
    Operand<TFloat32> once = graph.tf.nn.biasAdd(matMul(x, w), weight("b", 3));
    LayerScanner.Scan scan = scan(graph.sum(graph.tf.nn.relu(matMul(once, w))));
    assertThat(scan.sites().get(0).uses()).hasSize(2);
    assertThat(scan.sites().get(0).bias()).isEmpty();
  }

  @Test
  void aWeightOfDifferentKindsOfLayersIsTrainedPlainly() {
    Operand<TFloat32> w = weight("w", 3, 3);
    Operand<TFloat32> once = matMul(x, w);
    LayerScanner.Scan scan =
        scan(graph.sum(graph.tf.linalg.matMul(once, w, MatMul.transposeB(true))));
    assertThat(scan.sites()).isEmpty();
    assertThat(entry(scan, "w").outcome()).isEqualTo(Outcome.PLAIN);
    assertThat(entry(scan, "w").reason()).startsWith("used by layers of different kinds");
  }

  @Test
  void whatIsNoLayerIsTrainedPlainlyWithTheReason() {
    Operand<TFloat32> cube = weight("cube", 2, 2, 3);
    Operand<TFloat32> looked = graph.tf.gather(cube, graph.tf.constant(1), graph.tf.constant(0));
    Operand<TFloat32> mask = weight("mask", 2, 3);
    Operand<TFloat32> left = weight("left", 2, 2);
    Operand<TFloat32> product = graph.tf.linalg.matMul(left, graph.tf.math.mul(looked, mask));
    LayerScanner.Scan scan = scan(graph.sum(product));
    assertThat(scan.sites()).isEmpty();
    assertThat(entry(scan, "cube").reason()).endsWith("does not look up rows of a matrix");
    assertThat(entry(scan, "mask").reason()).startsWith("used by Mul");
    assertThat(entry(scan, "left").reason()).contains("what counts the examples of MatMul");
  }

  @Test
  void aLayerWhoseWeightIsAlsoUsedOtherwiseIsTrainedPlainly() {
    Operand<TFloat32> w = weight("w", 3, 3);
    LayerScanner.Scan scan = scan(graph.sum(matMul(matMul(x, w), graph.tf.math.tanh(w))));
    assertThat(scan.sites()).isEmpty();
    assertThat(entry(scan, "w").reason()).startsWith("used by Tanh");
  }

  @Test
  void einsumsThatAreNoLayersAreTrainedPlainly() {
    Operand<TFloat32> w = weight("w", 3, 3);
    for (String equation : List.of("ab,bc->ca", "ab,bc->ac", "ab,bb->ab", "ab,ab->ab")) {
      Operand<TFloat32> product = graph.tf.linalg.einsum(List.of(x, w), equation);
      boolean dense = equation.startsWith("ab,bc->");
      assertThat(scan(graph.sum(product)).sites()).as(equation).hasSize(dense ? 1 : 0);
    }
    Operand<TFloat32> square = graph.tf.linalg.einsum(List.of(w, w), "ab,bc->ac");
    assertThat(scan(graph.sum(square)).sites()).as("a weight times itself").isEmpty();
  }

  @Test
  void convolutionsThatAreNotCapturedSayWhy() {
    Operand<TFloat32> anyChannels = graph.input(Shape.of(-1, 8, 8, -1));
    assertThat(conv("unknown", anyChannels, 4)).contains("unknown number of channels");
    Operand<TFloat32> kernel = weight("as_input", 1, 8, 8, 4);
    LayerScanner.Scan scan =
        scan(
            graph.sum(
                graph.tf.nn.conv2d(
                    kernel, graph.input(Shape.of(3, 3, 4, 2)), List.of(1L, 1L, 1L, 1L), "SAME")));
    assertThat(entry(scan, "as_input").reason()).contains("not its kernel");
  }

  @Test
  void aConvolutionWithFewerChannelsInItsKernelIsGrouped() {
    Operand<TFloat32> images = graph.input(Shape.of(-1, 8, 8, 4));
    assertThat(conv("grouped", images, 2))
        .isEqualTo("grouped conv 3x3: 2 blocks, factors 18 and 1, no bias");
  }

  @Test
  void rowsOfATableThatAreLookedUpAreAnEmbedding() {
    Operand<TFloat32> looked = gather(weight("table", 5, 3), new int[] {4, 0, 4}, 0);
    Operand<TFloat32> loss = graph.sum(graph.tf.nn.biasAdd(looked, weight("b", 3)));
    LayerScanner.Scan scan = scan(loss);
    assertThat(scan.sites()).hasSize(1);
    assertThat(scan.sites().get(0).kind()).isInstanceOf(LayerKind.Embedding.class);
    assertThat(scan.sites().get(0).factorBytes()).isEqualTo((5 + 9) * 4);
    assertThat(entry(scan, "table").reason())
        .isEqualTo("embedding: factors diagonal 5 and 3, no bias");
    assertThat(entry(scan, "b").outcome()).isEqualTo(Outcome.PLAIN);
  }

  @Test
  void lookUpsThatAreNoEmbeddingSayWhy() {
    Operand<TFloat32> columns = gather(weight("columns", 5, 3), new int[] {1}, 1);
    Operand<TFloat32> vector = gather(weight("vector", 5), new int[] {1}, 0);
    Operand<TFloat32> one =
        graph.tf.gather(weight("single", 5, 3), graph.tf.constant(1), graph.tf.constant(0));
    LayerScanner.Scan scan =
        scan(graph.tf.math.addN(List.of(graph.sum(columns), graph.sum(vector), graph.sum(one))));
    assertThat(scan.sites()).isEmpty();
    assertThat(entry(scan, "columns").reason()).endsWith("does not look up rows of a matrix");
    assertThat(entry(scan, "vector").reason()).endsWith("does not look up rows of a matrix");
    assertThat(entry(scan, "single").reason()).contains("indices of shape []");
  }

  @Test
  void aFusedNormalizationIsCapturedOnRequestOnly() {
    Operand<TFloat32> images = graph.input(Shape.of(-1, 2, 2, 3));
    Operand<TFloat32> loss =
        graph.sum(normalized(images, "training", FusedBatchNorm.isTraining(true)));
    assertThat(scan(loss).sites()).isEmpty();
    LayerScanner.Scan scan = unitwise(loss);
    LayerSite<?> site = scan.sites().get(0);
    assertThat(site.kind()).isInstanceOf(LayerKind.ScaleShift.class);
    assertThat(site.inputStructure()).isEqualTo(new FactorStructure.Stack(3, 2));
    assertThat(site.outputStructure()).isEqualTo(new FactorStructure.Identity(1));
    assertThat(entry(scan, "training_gamma").reason())
        .isEqualTo("scale and shift: 3 blocks, factors 2 and 1, with bias");
    assertThat(entry(scan, "training_beta").reason()).isEqualTo("bias of layer 'training_gamma'");
  }

  @Test
  void theShiftOfANormalizationIsNoBiasOfTheLayerBeforeIt() {
    Operand<TFloat32> images = graph.input(Shape.of(-1, 2, 2, 3));
    Operand<TFloat32> convolved =
        graph.tf.nn.conv2d(images, weight("kernel", 1, 1, 3, 3), List.of(1L, 1L, 1L, 1L), "SAME");
    Operand<TFloat32> loss =
        graph.sum(normalized(convolved, "norm", FusedBatchNorm.isTraining(true)));
    assertThat(entry(scan(loss), "kernel").reason()).endsWith("no bias");
    assertThat(entry(scan(loss), "norm_beta").outcome()).isEqualTo(Outcome.PLAIN);
    assertThat(entry(unitwise(loss), "kernel").reason()).endsWith("no bias");
    assertThat(entry(unitwise(loss), "norm_beta").reason()).isEqualTo("bias of layer 'norm_gamma'");
  }

  @Test
  void aNormalizationByGivenStatisticsIsTrainedPlainly() {
    Operand<TFloat32> images = graph.input(Shape.of(-1, 2, 2, 3));
    LayerScanner.Scan scan =
        unitwise(graph.sum(normalized(images, "fixed", FusedBatchNorm.isTraining(false))));
    assertThat(scan.sites()).isEmpty();
    assertThat(entry(scan, "fixed_gamma").reason()).endsWith("normalizes by given statistics");
    assertThat(entry(scan, "fixed_beta").outcome()).isEqualTo(Outcome.PLAIN);
  }

  @Test
  void aComposedScaleAndShiftIsCapturedOnRequestOnly() {
    Operand<TFloat32> scaled = graph.tf.math.mul(weight("gamma", 3), x);
    Operand<TFloat32> loss = graph.sum(graph.tf.math.add(scaled, weight("beta", 3)));
    assertThat(scan(loss).sites()).isEmpty();
    LayerScanner.Scan scan = unitwise(loss);
    assertThat(scan.sites()).hasSize(1);
    assertThat(entry(scan, "beta").reason()).isEqualTo("bias of layer 'gamma'");
  }

  @Test
  void aScaleOfWeightsIsNoScaleOfABatch() {
    Operand<TFloat32> w = graph.tf.math.mul(weight("w", 3, 2), weight("scale", 2));
    LayerScanner.Scan scan = unitwise(graph.sum(matMul(x, w)));
    assertThat(scan.sites()).isEmpty();
    assertThat(entry(scan, "scale").reason()).startsWith("used by Mul");
  }

  @Test
  void aProductWithAnInputOfUnknownRankIsTrainedPlainly() {
    Operand<TFloat32> any = graph.tf.placeholder(TFloat32.class);
    LayerScanner.Scan scan = scan(graph.sum(matMul(any, weight("w", 3, 2))));
    assertThat(entry(scan, "w").reason()).contains("unknown rank");
  }

  @Test
  void movingStatisticsAreExcludedByNameAndByUse() {
    Operand<TFloat32> images = graph.input(Shape.of(-1, 2, 2, 3));
    FusedBatchNorm<TFloat32, TFloat32> normal =
        graph.tf.nn.fusedBatchNorm(
            images,
            weight("gamma", 3),
            weight("beta", 3),
            weight("mu", 3),
            weight("sigma2", 3),
            FusedBatchNorm.isTraining(false));
    Operand<TFloat32> loss =
        graph.tf.math.add(graph.sum(normal.y()), graph.sum(weight("bn/moving_mean", 3)));
    LayerScanner.Scan scan = scan(loss);
    assertThat(entry(scan, "gamma").outcome()).isEqualTo(Outcome.PLAIN);
    assertThat(entry(scan, "beta").outcome()).isEqualTo(Outcome.PLAIN);
    assertThat(entry(scan, "mu").reason())
        .isEqualTo("mean or variance of a normalization in inference mode");
    assertThat(entry(scan, "sigma2").outcome()).isEqualTo(Outcome.EXCLUDED);
    assertThat(entry(scan, "bn/moving_mean").reason())
        .isEqualTo("not chosen by the variable filter");
  }

  @Test
  void whatDoesNotReachTheLossIsExcluded() {
    Operand<TFloat32> stopped = weight("stopped", 3, 3);
    Operand<TFloat32> counted = graph.tf.stopGradient(matMul(x, stopped));
    weight("alone", 2);
    graph.tf.withName("counter").variable(Shape.scalar(), TInt32.class);
    LayerScanner.Scan scan = scan(graph.sum(matMul(counted, weight("w", 3, 2))));
    assertThat(entry(scan, "stopped").reason())
        .startsWith("its way to the loss ends at StopGradient '")
        .endsWith("', which passes no gradient on");
    assertThat(entry(scan, "alone").reason()).isEqualTo("no path from it to the loss");
    assertThat(entry(scan, "counter").reason()).isEqualTo("its type DT_INT32 is not trained");
    assertThat(entry(scan, "w").outcome()).isEqualTo(Outcome.CAPTURED);
  }

  @Test
  void severalLossesReachTheirVariables() {
    Operand<TFloat32> first = graph.sum(matMul(x, weight("w1", 3, 2)));
    Operand<TFloat32> second = graph.sum(matMul(x, weight("w2", 3, 2)));
    List<Operand<?>> losses = List.of(first, second);
    TrainableVariables found =
        TrainableVariables.find(
            graph.graph, losses, VariableFilter.allButMovingStatistics(), List.of());
    assertThat(LayerScanner.scan(found, losses, name -> true).sites()).hasSize(2);
  }

  @Test
  void aFilterFreezesVariables() {
    Operand<TFloat32> hidden = matMul(x, weight("body/w", 3, 3));
    Operand<TFloat32> loss = graph.sum(matMul(hidden, weight("head/w", 3, 2)));
    assertThat(entry(scan(loss, VariableFilter.matching("head/*")), "body/w").outcome())
        .isEqualTo(Outcome.EXCLUDED);
    assertThat(entry(scan(loss, VariableFilter.only(Set.of("body/w"))), "head/w").outcome())
        .isEqualTo(Outcome.EXCLUDED);
    VariableFilter neither =
        VariableFilter.matching("head/*").and(VariableFilter.matching("body/*"));
    assertThatThrownBy(() -> scan(loss, neither))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'head/w' (not chosen by the variable filter)");
    VariableFilter reasons =
        VariableFilter.allBut(Map.of("body/w", "frozen"))
            .and(VariableFilter.allBut(Map.of("body/w", "slow", "other/w", "absent")));
    assertThat(entry(scan(loss, reasons), "body/w").reason()).isEqualTo("frozen");
    assertThat(reasons.reason("other/w")).isEqualTo("absent");
  }

  @Test
  void patternsChooseOrExcludeVariables() {
    VariableFilter heads = VariableFilter.matching("head?/*", "*/bias");
    VariableFilter rest = VariableFilter.except("head?/*", "*/bias");
    for (String name : List.of("head1/w", "body/bias", "head/bias")) {
      assertThat(heads.accepts(name)).as(name).isTrue();
      assertThat(rest.accepts(name)).as(name).isFalse();
    }
    for (String name : List.of("head/w", "head1", "body/bias/m")) {
      assertThat(heads.accepts(name)).as(name).isFalse();
      assertThat(rest.accepts(name)).as(name).isTrue();
    }
    assertThat(rest.accepts("body/moving_variance")).as("not trained by default").isFalse();
  }

  @Test
  void aLayerCanBeLeftOut() {
    Operand<TFloat32> hidden = matMul(x, weight("body/w", 3, 3));
    Operand<TFloat32> loss = graph.sum(matMul(hidden, weight("head/w", 3, 2)));
    TrainableVariables found =
        TrainableVariables.find(graph.graph, List.of(loss), name -> true, List.of());
    LayerScanner.Scan scan =
        LayerScanner.scan(found, List.of(loss), VariableFilter.matching("body*"));
    assertThat(scan.sites()).hasSize(1);
    assertThat(entry(scan, "head/w"))
        .isEqualTo(
            new Entry(
                "head/w",
                Shape.of(3, 2),
                Outcome.PLAIN,
                "its layer was left out by the layer filter"));
  }

  @Test
  void aGraphWithoutTrainableVariablesIsRejected() {
    Operand<TFloat32> loss = graph.sum(x);
    assertThatThrownBy(() -> scan(loss))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the graph has no variables");
    weight("alone", 2);
    assertThatThrownBy(() -> scan(loss))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'alone' (no path from it to the loss)");
  }

  @Test
  void aVariableOfUnknownShapeIsRejected() {
    Operand<TFloat32> loss =
        graph.sum(
            matMul(
                x,
                graph.tf.identity(
                    graph.tf.withName("w").variable(Shape.of(3, -1), TFloat32.class))));
    assertThatThrownBy(() -> scan(loss))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'w'")
        .hasMessageContaining("fixed shape");
  }

  @Test
  void aVariableWithoutEntriesIsExcluded() {
    Operand<TFloat32> none = matMul(graph.input(Shape.of(-1, 0)), weight("none", 0, 2));
    Operand<TFloat32> some = matMul(x, weight("some", 3, 2));
    ScanReport.Entry entry = entry(scan(graph.sum(graph.tf.math.add(none, some))), "none");
    assertThat(entry.outcome()).isEqualTo(Outcome.EXCLUDED);
    assertThat(entry.reason()).isEqualTo("it has no entries");
  }

  @Test
  void aResourceVariableMayBeReadSeveralTimes() {
    GraphVariable<TFloat32> w = declare(Kind.RESOURCE, "w", 3, 3);
    Operand<TFloat32> once = matMul(x, graph.read(w));
    LayerScanner.Scan scan = scan(graph.sum(matMul(once, graph.tf.identity(graph.read(w)))));
    assertThat(scan.sites()).hasSize(1);
    assertThat(scan.sites().get(0).uses()).hasSize(2);
  }

  @Test
  void aReferenceVariableMayBeUsedWithoutAnIdentity() {
    GraphVariable<TFloat32> w = declare(Kind.REFERENCE, "w", 3, 2);
    @SuppressWarnings("unchecked")
    Operand<TFloat32> reference = (Operand<TFloat32>) w.output();
    assertThat(scan(graph.sum(matMul(x, reference))).sites()).hasSize(1);
  }

  @Test
  void aResourceThatIsReadWithoutAGradientIsRejectedInsteadOfHalfTrained() {
    GraphVariable<TFloat32> table = declare(Kind.RESOURCE, "table", 5, 3);
    Operand<TFloat32> looked =
        graph.tf.resourceGather(table.output(), graph.tf.constant(new int[] {1}), TFloat32.class);
    Operand<TFloat32> loss = graph.sum(matMul(looked, graph.read(table), true));
    assertThatThrownBy(() -> scan(loss))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'table'")
        .hasMessageContaining("ResourceGather");
  }

  private Operand<TFloat32> weight(String name, long... shape) {
    return graph.variable(name, 1, Shape.of(shape));
  }

  private GraphVariable<TFloat32> declare(Kind kind, String name, long... shape) {
    Shape all = Shape.of(shape);
    return graph.declare(kind, name, all, TestGraph.random(1, all.size()));
  }

  private Operand<TFloat32> matMul(Operand<TFloat32> a, Operand<TFloat32> b) {
    return graph.tf.linalg.matMul(a, b);
  }

  private Operand<TFloat32> matMul(Operand<TFloat32> a, Operand<TFloat32> b, boolean transposed) {
    return graph.tf.linalg.matMul(a, b, MatMul.transposeB(transposed));
  }

  private String conv(
      String name, Operand<TFloat32> images, long channels, Conv2d.Options... options) {
    Operand<TFloat32> output =
        graph.tf.nn.conv2d(
            images, weight(name, 3, 3, channels, 2), List.of(1L, 1L, 1L, 1L), "SAME", options);
    return entry(scan(graph.sum(output)), name).reason();
  }

  private Operand<TFloat32> gather(Operand<TFloat32> table, int[] indices, int axis) {
    return graph.tf.gather(table, graph.tf.constant(indices), graph.tf.constant(axis));
  }

  private Operand<TFloat32> normalized(
      Operand<TFloat32> images, String name, FusedBatchNorm.Options mode) {
    Operand<TFloat32> none = graph.tf.constant(new float[] {0, 0, 0});
    return graph
        .tf
        .nn
        .<TFloat32, TFloat32>fusedBatchNorm(
            images, weight(name + "_gamma", 3), weight(name + "_beta", 3), none, none, mode)
        .y();
  }

  private LayerScanner.Scan unitwise(Operand<TFloat32> loss) {
    TrainableVariables found =
        TrainableVariables.find(graph.graph, List.of(loss), name -> true, List.of());
    return LayerScanner.scan(found, List.of(loss), name -> true, NormalizationParameters.UNITWISE);
  }

  private LayerScanner.Scan scan(Operand<TFloat32> loss) {
    return scan(loss, VariableFilter.allButMovingStatistics());
  }

  private LayerScanner.Scan scan(Operand<TFloat32> loss, VariableFilter filter) {
    TrainableVariables found =
        TrainableVariables.find(graph.graph, List.of(loss), filter, List.of());
    return LayerScanner.scan(found, List.of(loss), name -> true);
  }

  private static Entry entry(LayerScanner.Scan scan, String variable) {
    return scan.report().entries().stream()
        .filter(one -> one.variable().equals(variable))
        .findFirst()
        .orElseThrow();
  }
}
