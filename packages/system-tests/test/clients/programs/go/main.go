// A round trip by a client in Go that oapi-codegen makes of the OpenAPI document. It takes the URL and a key, and prints what came
// back. api.go is generated beside it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

func must[Value any](value Value, err error) Value {
	if err != nil {
		panic(err)
	}
	return value
}

// answered gives the parsed answer, or ends the program if it was another one.
func answered[Value any](value *Value, body []byte) Value {
	if value == nil {
		panic(string(body))
	}
	return *value
}

func countOf(client *ClientWithResponses, metadata *map[string]string) int64 {
	users := []string{"ada"}
	params := CountActivitiesParams{UserId: &users, Metadata: metadata}
	answer := must(client.CountActivitiesWithResponse(context.Background(), &params))
	return answered(answer.JSON200, answer.Body).Count
}

func main() {
	ctx := context.Background()
	withKey := WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+os.Args[2])
		return nil
	})
	client := must(NewClientWithResponses(os.Args[1], withKey))

	metadata := Metadata{"device": map[string]any{"os": "ios"}}
	one := NewActivity{UserId: "ada", Type: "LOGIN", Metadata: &metadata}
	wait := "wait=30"
	logged := must(client.LogActivityWithResponse(ctx, &LogActivityParams{Prefer: &wait}, one))
	outcome := answered(logged.JSON201, logged.Body)

	found := must(client.FindActivityWithResponse(ctx, outcome.Id, nil))
	read := answered(found.JSON200, found.Body)

	many := make([]NewActivity, 26)
	for index := range many {
		many[index] = NewActivity{UserId: "ada", Type: "LOGOUT"}
	}
	many[3].UserId = ""
	sent := must(client.LogActivitiesWithResponse(ctx, nil, many))
	batch := answered(sent.JSON202, sent.Body)
	rejected := [][]any{}
	for _, item := range batch.Rejected {
		rejected = append(rejected, []any{item.Index, item.Errors[0].Path})
	}

	// What was answered 202 is stored a moment later.
	for countOf(client, nil) != 26 {
	}

	users, limit := []string{"ada"}, 10
	ids, pages := map[string]bool{}, []int{}
	params := FindActivitiesParams{UserId: &users, Limit: &limit}
	for {
		answer := must(client.FindActivitiesWithResponse(ctx, &params))
		page := answered(answer.JSON200, answer.Body)
		for _, activity := range page.Data {
			ids[activity.Id] = true
		}
		pages = append(pages, len(page.Data))
		params.Cursor = page.Pagination.NextCursor
		if params.Cursor == nil {
			break
		}
	}

	counted := must(client.ActivityStatsWithResponse(ctx, &ActivityStatsParams{By: "type", UserId: &users}))
	stats := [][]any{}
	for _, line := range answered(counted.JSON200, counted.Body).Data {
		stats = append(stats, []any{line.Key, line.Count})
	}

	one.UserId = ""
	refused := must(client.LogActivityWithResponse(ctx, nil, one))
	problem := answered(refused.ApplicationproblemJSON422, refused.Body)

	fmt.Println(string(must(json.Marshal(map[string]any{
		"logged":     []any{logged.StatusCode(), outcome.Status},
		"read":       []any{read.UserId, read.Type, read.Metadata},
		"batch":      []any{batch.Accepted, rejected},
		"count":      countOf(client, nil),
		"byMetadata": countOf(client, &map[string]string{"metadata.device.os": "ios"}),
		"pages":      pages,
		"distinct":   len(ids),
		"stats":      stats,
		"refused":    []any{refused.StatusCode(), problem.Errors[0].Path},
	}))))
}
