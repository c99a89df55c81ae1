package io.github.tfkfac.tools.lab.ablation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.tools.error.UserError;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AblationPlanTest {

  @Test
  void everySeedHasARunOfEachRule() {
    List<AblationPlan.Run> runs = AblationPlan.of("tiny", 2, Map.of()).runs();

    assertThat(runs)
        .extracting(AblationPlan.Run::folder)
        .containsExactly(
            "small-line-search-seed1",
            "small-inverse-norm-seed1",
            "small-line-search-seed2",
            "small-inverse-norm-seed2");
  }

  @Test
  void theRunsOfASeedDifferInTheRuleAlone() {
    List<AblationPlan.Run> runs = AblationPlan.of("tiny", 1, Map.of("steps", "7")).runs();
    Map<String, String> search = runs.get(0).settings().values();
    Map<String, String> paper = runs.get(1).settings().values();

    assertThat(search).containsEntry("step-rule", "line-search").containsEntry("steps", "7");
    assertThat(paper)
        .containsEntry("step-rule", "inverse-norm")
        .containsEntry("optimizer", "nkfac");
    search.remove("step-rule");
    paper.remove("step-rule");
    assertThat(search).isEqualTo(paper);
  }

  @Test
  void threeSeedsAreUsual() {
    assertThat(AblationPlan.of("tiny", 0, Map.of()).seeds()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void givenOptionsChangeThePresetButNotTheStudy() {
    AblationPlan.Run run =
        AblationPlan.of("tiny", 1, Map.of("seed", "9", "optimizer", "sgdm", "eval-every", "5"))
            .runs()
            .get(0);

    assertThat(run.settings().seed()).isEqualTo(1);
    assertThat(run.settings().optimizer().name()).isEqualTo("nkfac");
    assertThat(run.settings().evaluationSteps()).isEqualTo(5);
  }

  @Test
  void cocoIsBothNetworksOfBothDepths() {
    AblationPlan plan = AblationPlan.of("coco", 1, Map.of("data", "somewhere"));

    assertThat(plan.detectors().keySet())
        .containsExactly("faster-r50", "faster-r101", "mask-r50", "mask-r101");
    assertThat(plan.runs()).hasSize(8);
    AblationPlan.Run last = plan.runs().get(7);
    assertThat(last.settings().masks()).isTrue();
    assertThat(last.settings().values()).containsEntry("detector", "resnet101");
    assertThat(last.settings().steps()).isEqualTo(12 * 7330);
  }

  @Test
  void whatCannotBePlannedIsRejected() {
    assertThatThrownBy(() -> AblationPlan.of("coco", 1, Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--data");
    assertThatThrownBy(() -> AblationPlan.of("coca", 1, Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("did you mean 'coco'?");
    assertThatThrownBy(() -> AblationPlan.of("tiny", -1, Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected >= 1 seeds, found -1");
  }
}
