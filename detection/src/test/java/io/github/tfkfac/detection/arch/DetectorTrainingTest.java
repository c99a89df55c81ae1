package io.github.tfkfac.detection.arch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.ScanReport;
import io.github.tfkfac.ScanReport.Outcome;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.models.layer.Parameter;
import io.github.tfkfac.models.layer.Parameter.Role;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.tensorflow.op.Op;

class DetectorTrainingTest {

  private static final double WEIGHT_DECAY = 1e-4;

  private static void checkOneStep(DetectorGraph graph, TrainingOptimizer optimizer) {
    Op train = optimizer.minimize(graph.meanSquares(TinyDetector.outputs(graph)));
    List<double[]> before = graph.parameterValues();
    graph.run(train);
    List<double[]> after = graph.parameterValues();
    assertThat(optimizer.health(graph.session()).skippedSteps()).isZero();
    for (int i = 0; i < before.size(); i++) {
      Parameter<?> parameter = graph.store.parameters().get(i);
      if (parameter.role() == Role.TRAINABLE) {
        assertThat(after.get(i)).as(parameter.name()).isNotEqualTo(before.get(i));
      } else {
        assertThat(after.get(i)).as(parameter.name()).isEqualTo(before.get(i));
      }
    }
  }

  private static List<String> names(DetectorGraph graph, Predicate<Parameter<?>> chosen) {
    return graph.store.parameters().stream().filter(chosen).map(Parameter::name).toList();
  }

  @Test
  void aMomentumStepLeavesFrozenParametersAndStatistics() {
    try (DetectorGraph graph = new DetectorGraph()) {
      checkOneStep(graph, new FirstOrder(graph.graph, TrainingOptions.sgdm(0.02, WEIGHT_DECAY)));
      assertThat(graph.store.trainables()).isNotEmpty();
      assertThat(names(graph, parameter -> parameter.role() == Role.FROZEN))
          .allMatch(name -> name.matches("backbone/body/(conv1|bn1|layer1)/.*"))
          .hasSize(9);
    }
  }

  @Test
  void aKfacStepLeavesFrozenParametersAndStatistics() {
    try (DetectorGraph graph = new DetectorGraph()) {
      Kfac optimizer =
          new Kfac(
              graph.graph,
              KfacOptions.nkfac()
                  .withLearningRate(0.02)
                  .withWeightDecay(WEIGHT_DECAY)
                  .withPeriods(1, 1));
      checkOneStep(graph, optimizer);
      checkScan(graph, optimizer);
    }
  }

  private static void checkScan(DetectorGraph graph, Kfac optimizer) {
    ScanReport report = optimizer.scanReport();
    Predicate<Parameter<?>> normalization =
        parameter -> parameter.name().matches(".*/(gamma|beta)");
    Predicate<Parameter<?>> transposed = parameter -> parameter.name().endsWith("conv5_mask/bias");
    Predicate<Parameter<?>> trainable = parameter -> parameter.role() == Role.TRAINABLE;
    assertThat(report.of(Outcome.CAPTURED))
        .extracting(ScanReport.Entry::variable)
        .containsExactlyInAnyOrderElementsOf(
            names(graph, trainable.and(normalization.or(transposed).negate())));
    assertThat(report.of(Outcome.PLAIN))
        .extracting(ScanReport.Entry::variable)
        .containsExactlyInAnyOrderElementsOf(
            names(graph, trainable.and(normalization.or(transposed))));
    assertThat(report.of(Outcome.EXCLUDED))
        .extracting(ScanReport.Entry::variable)
        .containsAll(names(graph, trainable.negate()));

    for (LayerSite<?> site : optimizer.layers()) {
      boolean shared = site.weight().name().startsWith("rpn/");
      assertThat(site.uses()).as(site.weight().name()).hasSize(shared ? 5 : 1);
      boolean pyramidOrHead = !site.weight().name().startsWith("backbone/body/");
      boolean addedLater = site.weight().name().contains("conv5_mask");
      assertThat(site.bias().isPresent())
          .as(site.weight().name())
          .isEqualTo(pyramidOrHead && !addedLater);
    }
  }
}
