package io.github.tfkfac.tools.lab.ablation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.record.Environment;
import io.github.tfkfac.tools.record.RunRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AblationTablesTest {

  private static final int AP = 2;
  private static final int AP50 = 3;

  private static AblationRun run(String rule, long seed, Map<String, Object> result) {
    AblationPlan.Run planned =
        AblationPlan.of("tiny", 9, Map.of()).runs().stream()
            .filter(one -> one.rule().equals(rule) && one.seed() == seed)
            .findFirst()
            .orElseThrow();
    return new AblationRun(
        planned,
        new RunRecord(
            "detect ablation",
            List.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Environment.current(),
            "",
            result));
  }

  private static AblationRun run(String rule, long seed, double ap) {
    return run(rule, seed, result(ap, 12, 200, 150));
  }

  private static Map<String, Object> result(double ap, int refreshes, int steps, int full) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("box", Map.of("AP", ap, "AP50", -1.0));
    result.put(
        "health",
        Map.of("iterativeRefreshes", refreshes, "newtonSteps", steps, "fullNewtonSteps", full));
    result.put("wall_seconds", 3.0);
    return result;
  }

  private static List<String> row(List<AblationRun> runs, int row) {
    return AblationTables.scores("small", runs).rows().get(row);
  }

  @Test
  void theDifferenceIsTakenOverTheSeedsThatBothRulesHave() {
    List<AblationRun> runs =
        List.of(
            run(AblationPlan.SEARCH, 1, 0.10),
            run(AblationPlan.PAPER, 1, 0.13),
            run(AblationPlan.SEARCH, 2, 0.20),
            run(AblationPlan.PAPER, 2, 0.25),
            run(AblationPlan.PAPER, 3, 0.90));

    assertThat(row(runs, 0)).startsWith("α* (line search)", "2");
    assertThat(row(runs, 1)).startsWith("α = 1/‖BM‖ (paper)", "3");
    // The mean of 3 and 5; s = √2, n = 2, t(0.975, 1) = 12.706.
    assertThat(row(runs, 2)).startsWith("Δ, paper − α*", "", "4.0 ± 12.7");
  }

  @Test
  void aSingleSeedHasNoInterval() {
    List<AblationRun> runs =
        List.of(run(AblationPlan.SEARCH, 1, 0.10), run(AblationPlan.PAPER, 1, 0.13));

    assertThat(row(runs, 0).get(AP)).isEqualTo("10.0");
    assertThat(row(runs, 2).get(AP)).isEqualTo("3.0");
  }

  @Test
  void numbersThatThereAreNotStayEmpty() {
    AblationRun nothing = run(AblationPlan.SEARCH, 1, Map.of("wall_seconds", 1));
    AblationRun paper = run(AblationPlan.PAPER, 1, 0.13);

    assertThat(row(List.of(nothing, paper), 0).subList(AP, AP + 7)).containsOnly("");
    assertThat(row(List.of(nothing, paper), 1).get(AP50)).as("-1: no object to find").isEmpty();
    assertThat(row(List.of(nothing, paper), 2).subList(AP, AP + 7)).containsOnly("");
    assertThat(row(List.of(paper), 0).get(1)).isEqualTo("0");
    assertThat(AblationTables.csv(List.of(nothing)).lines().skip(1))
        .containsExactly("small,line-search,1,,,,,,,,,,,,1.0");
  }

  @Test
  void noObjectToFindIsNoDifference() {
    List<AblationRun> runs =
        List.of(
            run(AblationPlan.SEARCH, 1, 0.10),
            run(AblationPlan.PAPER, 1, 0.13),
            run(AblationPlan.SEARCH, 2, -1),
            run(AblationPlan.PAPER, 2, 0.13));

    assertThat(row(runs, 0).get(AP)).isEmpty();
    assertThat(row(runs, 2).get(AP)).isEmpty();
    assertThat(row(runs, 2).get(AP50)).as("-1 on both sides").isEmpty();
  }

  @Test
  void theFiringRateIsThePartOfStepsThatAreNotFull() {
    List<AblationRun> runs = List.of(run(AblationPlan.PAPER, 1, result(0.1, 12, 200, 150)));

    assertThat(row(runs, 1)).last().isEqualTo("25.0");
    assertThat(AblationTables.csv(runs).lines().skip(1))
        .containsExactly("small,inverse-norm,1,0.1,,,,,,,,,12.0,0.25,3.0");
    assertThat(AblationTables.runs(runs).rows())
        .containsExactly(List.of("small-inverse-norm-seed1", "10.0", "", "", "12", "25.0", "3"));
  }

  @Test
  void tooFewRefreshesAreRemarkedOn() {
    AblationRun few = run(AblationPlan.PAPER, 1, result(0.1, 9, 200, 150));
    AblationRun enough = run(AblationPlan.PAPER, 2, result(0.1, 10, 200, 150));

    assertThat(AblationTables.remarks("small", List.of(few, enough)))
        .containsExactly(
            "Every layer had at least 9 Newton refreshes in each run.",
            "That is too few to say anything of a step size.");
    assertThat(AblationTables.remarks("small", List.of(enough)))
        .containsExactly("Every layer had at least 10 Newton refreshes in each run.");
  }

  @Test
  void rulesThatNeverDifferedAreRemarkedOn() {
    AblationRun never = run(AblationPlan.PAPER, 1, result(0.1, 12, 200, 200));
    AblationRun once = run(AblationPlan.SEARCH, 1, result(0.1, 12, 200, 199));

    assertThat(AblationTables.remarks("small", List.of(never)))
        .last()
        .isEqualTo("The rules never differed: both rows are the same runs.");
    assertThat(AblationTables.remarks("small", List.of(never, once)))
        .noneMatch(line -> line.contains("never differed"));
  }

  @Test
  void noRunsAreNoRemarkOfEqualRules() {
    assertThat(AblationTables.remarks("small", List.of())).containsExactly("No run has ended.");
  }
}
