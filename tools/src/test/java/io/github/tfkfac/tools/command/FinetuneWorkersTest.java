package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A SavedModel that two workers train further, as threads of this process. */
class FinetuneWorkersTest {

  private static final int CLASSES = 10;

  /** Sums of float32 in another order, over eight steps. */
  private static final float ROUNDING = 1e-4f;

  @TempDir Path folder;

  @Test
  void twoWorkersWriteTheModelThatOneProcessWrites() throws IOException {
    Path model = TinySavedModel.write(folder.resolve("tiny"), CLASSES);
    Program one = new Program();
    assertThat(one.run(arguments(model, "one"))).as(one.err()).isZero();
    Program.onTwoWorkers(arguments(model, "two"));

    Map<String, List<Float>> expected = TinySavedModel.values(folder.resolve("one/model"));
    Map<String, List<Float>> found = TinySavedModel.values(folder.resolve("two/model"));
    assertThat(found).containsOnlyKeys(expected.keySet());
    expected.forEach(
        (name, values) -> {
          for (int i = 0; i < values.size(); i++) {
            assertThat(found.get(name).get(i))
                .as("%s %d", name, i)
                .isCloseTo(values.get(i), within(ROUNDING));
          }
        });
  }

  private String[] arguments(Path model, String name) {
    return new String[] {
      "finetune",
      model.toString(),
      "--image-size=8",
      "--train-images=64",
      "--test-images=32",
      "--batch=16",
      "--epochs=2",
      "--stat-period=2",
      "--inverse-period=3",
      "--threads=1",
      "--runs=" + folder,
      "--name=" + name
    };
  }
}
