package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.tfkfac.tools.CommandRun;
import org.junit.jupiter.api.Test;

class DetectInspectCommandTest {

  @Test
  void theMemoryOfTheSmallDetectorIsCalculated() throws Exception {
    CommandRun run =
        CommandRun.of(
            ("detect inspect --json --batch=1 --image=100x128 --classes=3 --steps=30"
                    + " --stat-period=5 --inverse-period=10")
                .split(" "));

    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode facts = run.json();
    assertThat(facts.at("/image/height").asInt()).isEqualTo(128);
    assertThat(facts.at("/curvature/layers")).hasSizeGreaterThan(20);
    long parameters = facts.at("/memory/parameterBytes").asLong();
    long optimizer = facts.at("/memory/optimizerBytes").asLong();
    assertThat(optimizer).isGreaterThanOrEqualTo(facts.at("/curvature/memory/total").asLong());
    JsonNode plain = facts.at("/memory/steps/PLAIN");
    JsonNode statistics = facts.at("/memory/steps/STATISTICS");
    assertThat(plain.at("/variableBytes").asLong()).isEqualTo(parameters + optimizer);
    assertThat(plain.at("/open")).isEmpty();
    assertThat(statistics.at("/operations").asInt()).isGreaterThan(plain.at("/operations").asInt());
    assertThat(facts.at("/memory/steps/EXACT_REFRESH/operations").asInt())
        .isGreaterThan(statistics.at("/operations").asInt());
    assertThat(plain.at("/temporaryBytes").asLong()).isBetween(2 * parameters, 20 * parameters);
    assertThat(statistics.at("/temporaryBytes").asLong())
        .isGreaterThanOrEqualTo(plain.at("/temporaryBytes").asLong());
  }

  @Test
  void anImageWithoutSizeIsRejected() {
    assertThat(CommandRun.of("detect", "inspect", "--image=800").err())
        .contains("HEIGHTxWIDTH such as 800x1333, found '800'");
  }
}
