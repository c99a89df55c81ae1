package io.github.tfkfac.tools.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.linalg.InverseNorm;
import io.github.tfkfac.linalg.InverseSolver;
import org.junit.jupiter.api.Test;

class StepCostTest {
  private static final double ROUNDING = 1e-12;
  private static final InverseSolver NEWTON = InverseSolver.newton(1, new InverseNorm());
  private static final LayerSize LAYER = new LayerSize(100, 10, 4, 1);

  @Test
  void everyPartFollowsItsFormula() {
    assertThat(StepCost.of(LAYER, NEWTON, InverseSolver.cholesky()))
        .isEqualTo(
            new StepCost(
                6 * 100 * 10 * 4,
                100 * (10 * 10 + 4 * 4),
                4 * (1000 + 64),
                1000 + 64,
                2 * 10 * 4 * (10 + 4)));
  }

  @Test
  void solversDifferInTheirCubes() {
    InverseSolver threeIterations = InverseSolver.newton(3, new InverseNorm());

    assertThat(StepCost.of(LAYER, threeIterations, InverseSolver.lu()).iterativeRefresh())
        .isEqualTo(12 * 1064);
    assertThat(StepCost.of(LAYER, NEWTON, InverseSolver.lu()).exactRefresh()).isEqualTo(2 * 1064);
    assertThat(StepCost.of(LAYER, NEWTON, InverseSolver.eigen()).exactRefresh())
        .isEqualTo(9 * 1064);
  }

  @Test
  void blocksMultiplyEveryPart() {
    StepCost one = StepCost.of(LAYER, NEWTON, InverseSolver.cholesky());
    StepCost three = StepCost.of(new LayerSize(100, 10, 4, 3), NEWTON, InverseSolver.cholesky());

    assertThat(three).isEqualTo(one.plus(one).plus(one));
  }

  @Test
  void preconditioningAloneCostsTheKnownPartOfTraining() {
    StepCost cost = StepCost.of(LAYER, NEWTON, InverseSolver.cholesky());

    assertThat(cost.overhead(20, 200).preconditioning())
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
  void emptyLayersAreRefused() {
    assertThatThrownBy(() -> new LayerSize(0, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 rows");
  }
}
