package io.github.tfkfac.detection.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.FactorLimit;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LayerOptions;
import io.github.tfkfac.NamePattern;
import io.github.tfkfac.Normalization;
import io.github.tfkfac.SharedUses;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.arch.ProposalSettings;
import io.github.tfkfac.detection.train.DetectorCurvature.FirstDense;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.models.train.Feeds;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/** Curvature of a detector's layers. */
class DetectorCurvatureTest {

  private static final DetectorConfig CONFIG = TinyTraining.config();
  private static final double ROUNDING = 1e-5;
  private static final int WIDTH = CONFIG.headWidth();

  @Test
  void paddingStaysOutOfTheHeadsFactorsAndTheProposalHeadIsUsedOnEveryLevel() {
    ProposalSettings.Limits limits = new ProposalSettings.Limits(20, 8);
    DetectorConfig fewProposals =
        CONFIG.withProposals(CONFIG.proposals().withLimits(limits, limits));
    KfacOptions base = KfacOptions.nkfac().withPeriods(1, 100);
    KfacOptions raw =
        new DetectorCurvature(FirstDense.PLAIN, SharedUses.SEQUENTIAL)
            .applyTo(
                base.withFactors(given -> given.withNormalization(Normalization.none())), CONFIG);
    try (TrainingUnderTest<TFloat32> training = TrainingUnderTest.float32(fewProposals, 2)) {
      Kfac kfac = Kfac.masked(training.graph, raw, training.network.exampleMasks(training.tf));
      Op train = kfac.minimize(training.network.total());
      Operand<?> factor = read(training, kfac, "roi_heads/box_head/fc7/kernel/A");
      assertThat(kfac.layers())
          .extracting(LayerSite::name)
          .doesNotContain("roi_heads/box_head/fc6/kernel")
          .contains("roi_heads/box_predictor/cls_score/kernel", "roi_heads/mask_head/0/0/kernel");
      assertThat(kfac.layers())
          .filteredOn(site -> site.name().startsWith("rpn/head"))
          .hasSize(3)
          .allMatch(site -> site.uses().size() == 5);
      training.start();
      try (Feeds feeds =
          training.feeds(
              ReferenceBatch.of(List.of(TinyTraining.twoObjects(), TinyTraining.sample(9))))) {
        List<double[]> before =
            training.fetch(
                feeds,
                List.of(
                    training.network.boxes().hidden().get(0),
                    training.network.regions().weights()));
        feeds.to(training.session().runner()).addTarget(train).run().close();
        double[] expected = secondMoments(before.get(0), before.get(1));
        double[] actual =
            TrainingUnderTest.fetch(training.session().runner(), List.of(factor)).get(0);
        for (int i = 0; i < expected.length; i++) {
          assertThat(actual[i])
              .as("entry %d", i)
              .isCloseTo(0.05 * expected[i], within(ROUNDING * expected[expected.length - 1]));
        }
      }
    }
  }

  /** Mean outer product of the rows that count, with a 1 appended. */
  private static double[] secondMoments(double[] rows, double[] weights) {
    double[] moments = new double[(WIDTH + 1) * (WIDTH + 1)];
    double count = 0;
    for (int row = 0; row < weights.length; row++) {
      count += weights[row];
      for (int i = 0; i <= WIDTH; i++) {
        for (int j = 0; j <= WIDTH; j++) {
          double a = i == WIDTH ? 1 : rows[row * WIDTH + i];
          double b = j == WIDTH ? 1 : rows[row * WIDTH + j];
          moments[i * (WIDTH + 1) + j] += weights[row] * a * b;
        }
      }
    }
    assertThat(count).as("regions that are no padding").isBetween(1.0, weights.length - 1.0);
    for (int i = 0; i < moments.length; i++) {
      moments[i] /= count;
    }
    return moments;
  }

  @Test
  void theFirstDenseLayersFactorIsWholeInBlocksOrNotThere() {
    FactorStructure first = new FactorStructure.Full(7 * 7 * CONFIG.pyramidChannels() + 1);
    FactorStructure other = new FactorStructure.Full(WIDTH + 1);
    LayerOptions full = layers(FirstDense.FULL);
    assertThat(full.limit().kept(first)).isEqualTo(first);
    LayerOptions blocks = layers(FirstDense.BLOCKS);
    assertThat(blocks.limit().kept(first))
        .isEqualTo(new FactorStructure.Blocks(first.size(), first.size() / 7 + 1));
    assertThat(blocks.limit().kept(other)).isEqualTo(other);
    LayerOptions plain = layers(FirstDense.PLAIN);
    assertThat(plain.skipped()).containsExactly(new NamePattern("roi_heads/box_head/fc6/kernel"));
  }

  @Test
  void aLimitOfFactorsConcernsTheOtherLayers() {
    KfacOptions options = KfacOptions.nkfac();
    KfacOptions limited = options.withLayers(given -> given.withLimit(FactorLimit.blocks(10)));
    FactorLimit limit = DetectorCurvature.full().applyTo(limited, CONFIG).layers().limit();
    FactorStructure first = new FactorStructure.Full(7 * 7 * CONFIG.pyramidChannels() + 1);
    FactorStructure other = new FactorStructure.Full(WIDTH + 1);
    assertThat(limit.kept(first)).isEqualTo(first);
    assertThat(limit.kept(other)).isEqualTo(new FactorStructure.Blocks(other.size(), 10));
  }

  private static LayerOptions layers(FirstDense firstDense) {
    return new DetectorCurvature(firstDense, SharedUses.POOLED)
        .applyTo(KfacOptions.nkfac(), CONFIG)
        .layers();
  }

  private static Operand<?> read(TrainingUnderTest<TFloat32> training, Kfac kfac, String variable) {
    GraphVariable<?> found =
        kfac.stateVariables().stream()
            .filter(one -> one.name().equals("kfac/" + variable))
            .findFirst()
            .orElseThrow();
    return found.read(training.tf);
  }
}
