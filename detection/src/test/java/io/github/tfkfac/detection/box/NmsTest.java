package io.github.tfkfac.detection.box;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.testing.Close;
import io.github.tfkfac.detection.testing.Fixture;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NmsTest {

  private static final Fixture OPS = Fixture.ops();

  @ParameterizedTest
  @CsvSource({"random, 0.3", "random, 0.5", "random, 0.7", "exact, 0.5", "exact, 0.75"})
  void keepsTheReferencesBoxes(String boxes, String overlap) {
    int[] kept =
        new Nms(Double.parseDouble(overlap))
            .keep(OPS.boxList("nms/" + boxes + "_boxes"), scores(boxes));
    assertThat(kept).containsExactly(OPS.ints("nms/" + boxes + "_keep_" + overlap));
  }

  @Test
  void classesAreSuppressedApart() {
    List<Box> boxes = OPS.boxList("nms/batched_boxes");
    double[] scores = scores("batched");
    int[] classes = OPS.ints("nms/batched_class");
    List<Integer> kept = new ArrayList<>();
    IntStream.of(classes)
        .distinct()
        .forEach(
            label -> {
              int[] members =
                  IntStream.range(0, classes.length).filter(i -> classes[i] == label).toArray();
              int[] keptMembers =
                  new Nms(0.5)
                      .keep(
                          IntStream.of(members).mapToObj(boxes::get).toList(),
                          IntStream.of(members).mapToDouble(i -> scores[i]).toArray());
              IntStream.of(keptMembers).forEach(i -> kept.add(members[i]));
            });
    kept.sort(Comparator.comparingDouble(i -> -scores[i]));
    assertThat(kept.stream().mapToInt(i -> i).toArray())
        .containsExactly(OPS.ints("nms/batched_keep_0.5"));
  }

  @Test
  void equalScoresKeepTheLowerIndex() {
    Box box = new Box(0, 0, 10, 10);
    assertThat(new Nms(0.5).keep(List.of(box, box, box), new double[] {0.5, 0.5, 0.5}))
        .containsExactly(0);
    assertThat(new Nms(0.5).keep(List.of(), new double[0])).isEmpty();
  }

  @Test
  void overlapsOutOfRangeAreRejected() {
    assertThatThrownBy(() -> new Nms(1.5)).hasMessageContaining("between 0 and 1");
  }

  private static double[] scores(String boxes) {
    return Close.doubles(OPS.floats("nms/" + boxes + "_scores"));
  }
}
