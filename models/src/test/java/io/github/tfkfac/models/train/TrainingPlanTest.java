package io.github.tfkfac.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.BatcherPosition;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingPlanTest {

  @Test
  void periodsCountEpochsAndSteps() {
    List<Boolean> due = new ArrayList<>();
    for (int epoch = 0; epoch < 4; epoch++) {
      due.add(
          Period.epochs(2)
              .due(
                  new Progress(
                      7, new BatcherPosition(epoch, 16), new BatcherPosition(epoch + 1, 0))));
    }
    assertThat(due).containsExactly(false, true, false, true);
    BatcherPosition same = BatcherPosition.START;
    assertThat(Period.epochs(1).due(new Progress(4, same, same))).isFalse();
    assertThat(Period.steps(3).due(new Progress(6, same, same))).isTrue();
    assertThat(Period.steps(3).due(new Progress(7, same, same))).isFalse();
  }

  @Test
  void badPlansAreRejected() {
    TrainingPlan<BatchPlan> plan = TrainingPlan.of(TinyRun.batches(), TrainingLength.steps(1));
    assertThatThrownBy(() -> Period.steps(0)).hasMessageContaining("found 0");
    assertThatThrownBy(() -> TrainingLength.epochs(0)).hasMessageContaining("found 0");
    assertThatThrownBy(() -> plan.withSkippedStepsLimit(0)).hasMessageContaining("found 0");
    assertThatThrownBy(() -> new SessionThreads(-1, 0)).hasMessageContaining("found -1");
  }
}
