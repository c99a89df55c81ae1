package io.github.tfkfac.tools.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.FactorOptions;
import io.github.tfkfac.Fisher;
import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.Positions;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.FactorStructure.Blocks;
import io.github.tfkfac.extension.FactorStructure.Diagonal;
import io.github.tfkfac.extension.FactorStructure.Full;
import io.github.tfkfac.extension.FactorStructure.Identity;
import io.github.tfkfac.extension.FactorStructure.Stack;
import io.github.tfkfac.internal.linalg.InverseNorm;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CostModelTest {
  private static final double ROUNDING = 1e-12;
  private static final int BATCH = 100;
  private static final int CLASSES = 3;
  private static final LayerSize LAYER = new LayerSize(BATCH, 10, 4, 1);
  private static final Full A = new Full(10);
  private static final Full G = new Full(4);
  private static final double TRAINING = 6 * 100 * 10 * 4;

  @Test
  void everyPartOfNkfacFollowsItsFormula() {
    assertThat(cost(KfacOptions.nkfac(), A, G))
        .isEqualTo(
            new StepCost(
                TRAINING,
                100 * (10 * 10 + 4 * 4),
                4 * (1000 + 64),
                1000 + 64,
                2 * 10 * 4 * (10 + 4)));
  }

  @Test
  void solversDifferInTheirCubes() {
    KfacOptions three = KfacOptions.nkfac().withNewton(3, new InverseNorm());

    assertThat(cost(three, A, G).iterativeRefresh()).isEqualTo(12 * 1064);
    assertThat(exact(InverseSolver.lu()).exactRefresh()).isEqualTo(2 * 1064);
    assertThat(exact(InverseSolver.eigen()).exactRefresh()).isEqualTo(9 * 1064);
    assertThat(
            new CostModel(KfacOptions.nkfac(), BATCH, CLASSES)
                .of(LAYER, A, G, Optional.of(InverseSolver.lu()))
                .exactRefresh())
        .isEqualTo(2 * 1064);
  }

  @Test
  void withoutIterationEveryRefreshIsExact() {
    StepCost cost = cost(KfacOptions.kfacStar(), A, G);

    assertThat(cost.iterativeRefresh()).isEqualTo(cost.exactRefresh()).isEqualTo(1064);
  }

  @Test
  void eigenbasesCostAnEigendecompositionAndRotationThereAndBack() {
    StepCost cost = cost(KfacOptions.kfac(), A, G);

    assertThat(cost.iterativeRefresh()).isEqualTo(9 * 1064);
    assertThat(cost.preconditioning()).isEqualTo(2 * (2 * 10 * 4 * (10 + 4)));
  }

  @Test
  void aReestimatedDiagonalProjectsTheRowsBesides() {
    assertThat(cost(KfacOptions.ekfac(), A, G).statistics())
        .isEqualTo(
            cost(KfacOptions.kfac(), A, G).statistics() + 2 * 100 * (10 * 10 + 4 * 4 + 10 * 4));
  }

  @Test
  void lowRankRefreshesDependOnTheBatch() {
    StepCost more = cost(KfacOptions.skfac(), A, G);
    StepCost fewer =
        new CostModel(KfacOptions.skfac(), 2, CLASSES)
            .of(new LayerSize(2, 10, 4, 1), A, G, Optional.empty());

    assertThat(more.statistics()).isZero();
    assertThat(more.iterativeRefresh()).isEqualTo(100 * 100 + 1000 + 100 * 16 + 64);
    assertThat(fewer.iterativeRefresh())
        .isEqualTo((2 * 4 * 10 + 8 + 2 * 2 * 100) + (2 * 4 * 4 + 8 + 2 * 2 * 16));
  }

  @Test
  void otherFishersAddBackwardPassesAndOutputStatistics() {
    double empirical = cost(KfacOptions.kfac(), A, G).statistics();

    assertThat(cost(KfacOptions.kfac().withFisher(Fisher.sampled(1)), A, G).statistics())
        .isEqualTo(empirical + TRAINING / 3);
    assertThat(cost(KfacOptions.kfac().withFisher(Fisher.exact()), A, G).statistics())
        .isEqualTo(empirical + CLASSES * TRAINING / 3 + (CLASSES - 1) * 100 * 4 * 4);
  }

  @Test
  void reducedPositionsLeaveOneRowPerExample() {
    KfacOptions nkfac = KfacOptions.nkfac();
    FactorOptions reduced = nkfac.factors().withPositions(Positions.reduce());
    StepCost cost =
        new CostModel(nkfac.withFactors(any -> reduced), 2, CLASSES)
            .of(LAYER, A, G, Optional.empty());

    assertThat(cost.statistics()).isEqualTo(2 * (10 * 10 + 4 * 4));
  }

  @Test
  void onlyWhatIsKeptOfAFactorCosts() {
    StepCost blocks = cost(KfacOptions.nkfac(), new Blocks(10, 4), G);
    StepCost diagonal = cost(KfacOptions.nkfac(), new Diagonal(10), G);
    StepCost identity = cost(KfacOptions.nkfac(), new Identity(10), G);

    assertThat(blocks)
        .isEqualTo(
            new StepCost(
                TRAINING,
                100 * (3 * 16 + 16),
                4 * (3 * 64 + 64),
                3 * 64 + 64,
                2 * (3 * 16 * 4 + 16 * 10)));
    assertThat(diagonal)
        .isEqualTo(
            new StepCost(TRAINING, 100 * (10 + 16), 10 + 4 * 64, 10 + 64, 10 * 4 + 2 * 16 * 10));
    assertThat(identity).isEqualTo(new StepCost(TRAINING, 100 * 16, 4 * 64, 64, 2 * 16 * 10));
  }

  @Test
  void groupsMultiplyEveryPart() {
    StepCost one = cost(KfacOptions.nkfac(), A, G);
    StepCost three =
        new CostModel(KfacOptions.nkfac(), BATCH, CLASSES)
            .of(
                new LayerSize(BATCH, 10, 4, 3),
                new Stack(3, 10),
                new Stack(3, 4),
                Optional.empty());

    assertThat(three).isEqualTo(one.plus(one).plus(one));
  }

  @Test
  void preconditioningAloneCostsTheKnownPartOfTraining() {
    assertThat(cost(KfacOptions.nkfac(), A, G).overhead(20, 200).preconditioning())
        .isCloseTo((10 + 4) / (3.0 * 100), within(ROUNDING));
  }

  @Test
  void periodicWorkIsSpreadOverItsPeriod() {
    Overhead overhead = new StepCost(1000, 200, 400, 0, 30).overhead(20, 50);

    assertThat(overhead.statistics()).isCloseTo(0.01, within(ROUNDING));
    assertThat(overhead.refresh()).isCloseTo(0.008, within(ROUNDING));
    assertThat(overhead.total()).isCloseTo(0.048, within(ROUNDING));
  }

  @Test
  void emptyLayersAreRejected() {
    assertThatThrownBy(() -> new LayerSize(0, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 rows");
  }

  private static StepCost cost(KfacOptions options, FactorStructure input, FactorStructure output) {
    return new CostModel(options, BATCH, CLASSES).of(LAYER, input, output, Optional.empty());
  }

  private static StepCost exact(InverseSolver solver) {
    KfacOptions nkfac = KfacOptions.nkfac();
    return cost(nkfac.withExactSolver(solver), A, G);
  }
}
