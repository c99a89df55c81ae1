package io.github.tfkfac.detection.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.profile.DetectorProfile.ResizeRule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A hundred real images of COCO with their annotations. */
@Tag("data")
class CocoTinyTest {

  @Test
  void everyImageOfBothPartsCanBePrepared() throws IOException {
    Path root =
        Path.of(
            Objects.requireNonNull(
                System.getenv("KFAC_DATA"),
                "set KFAC_DATA to the folder of real data, or leave out the tag data"),
            "coco-tiny");
    for (String part : new String[] {"train2017", "val2017"}) {
      DetectionDataset data =
          new DetectionDataset(
              part,
              root.resolve(part),
              InstancesReader.read(root.resolve("annotations/instances_" + part + ".json")));
      assertThat(data.size()).isEqualTo(50);
      assertThat(data.categories().size()).isEqualTo(80);
      DetectionPlan plan =
          DetectionPlan.evaluation(data, new Resize(ResizeRule.ROUNDED, 160, 267), 2);
      plan = plan.withPreparation(plan.preparation().withMasks(Masks.BITMAPS));
      int images = 0;
      int objects = 0;
      try (DetectionBatcher batcher = DetectionBatcher.oneEpoch(plan, 0)) {
        while (batcher.hasNext()) {
          DetectionBatch batch = batcher.next();
          images += batch.size();
          for (int n = 0; n < batch.size(); n++) {
            objects += batch.counts()[n];
            ImageSize size = batch.sources().get(n).size();
            assertThat(batch.boxes(n))
                .allSatisfy(
                    box -> {
                      assertThat(box.width()).isPositive();
                      assertThat(box.height()).isPositive();
                      assertThat(box.x2()).isLessThanOrEqualTo(size.width());
                      assertThat(box.y2()).isLessThanOrEqualTo(size.height());
                    });
          }
        }
      }
      assertThat(images).isEqualTo(50);
      assertThat(objects).isBetween(370, 465);
    }
  }
}
