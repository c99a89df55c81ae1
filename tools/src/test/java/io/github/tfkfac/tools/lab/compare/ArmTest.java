package io.github.tfkfac.tools.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.tools.error.UserError;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArmTest {
  private static final Map<String, String> COMMON = Map.of("stat-period", "5", "epochs", "2");

  @Test
  void labelsTellWhatIsSpecial() {
    List<Arm> arms =
        Arm.parse(
            List.of(
                "nkfac",
                "nkfac:stat-period=10;inverse-period=50",
                "nkfac:lr=0.1;step-rule=line-search",
                "sgdm: --lr=0.2"),
            COMMON);

    assertThat(arms)
        .extracting(Arm::label)
        .containsExactly(
            "nkfac-5-50", "nkfac-10-50", "nkfac-5-50-lr-0.1-step-rule-line-search", "sgdm-lr-0.2");
    assertThat(arms.get(3).folder(7)).isEqualTo("sgdm-lr-0.2-seed7");
  }

  @Test
  void settingsAreThoseOfTheComparisonTheArmAndTheSeed() {
    Arm arm = Arm.parse(List.of("nkfac:lr=0.1"), COMMON).get(0);

    assertThat(arm.settings(9).values())
        .containsEntry("optimizer", "nkfac")
        .containsEntry("stat-period", "5")
        .containsEntry("lr", "0.1")
        .containsEntry("epochs", "2")
        .containsEntry("seed", "9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "nkfca                | unknown optimizer 'nkfca'; did you mean 'nkfac'?",
        "nkfac:lr             | expected 'option=value' after the colon of an arm",
        "nkfac:lr=            | expected 'option=value'",
        "nkfac:lrr=1          | unknown option 'lrr'; did you mean 'lr'?",
        "sgdm:stat-period=1   | the optimizer sgdm has no --stat-period",
        "sgdm:seed=1          | expected the same seed in all arms",
        "sgdm:dataset=mnist   | expected the same dataset in all arms",
        "sgdm:lr=fast         | expected a number for 'lr', found 'fast'",
      })
  void armsOfAnotherFormAreRejected(String text, String message) {
    assertThatThrownBy(() -> Arm.parse(List.of(text), COMMON))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }

  @Test
  void equalArmsAreRejected() {
    assertThatThrownBy(() -> Arm.parse(List.of("sgdm", "sgdm"), COMMON))
        .hasMessageContaining("found 'sgdm' twice");
  }
}
