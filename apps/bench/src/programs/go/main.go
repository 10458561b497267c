// Logs activities like the service, but with Go's net/http and franz-go: validates them, makes ids, and answers 202 once Kafka holds the records.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/twmb/franz-go/pkg/kgo"
)

const maxBodyBytes = 10 << 20

type draft struct {
	UserID    string          `json:"userId"`
	Type      string          `json:"type"`
	Metadata  json.RawMessage `json:"metadata"`
	CreatedAt *time.Time      `json:"createdAt"`
}

type activity struct {
	ID         string          `json:"id"`
	UserID     string          `json:"userId"`
	Type       string          `json:"type"`
	Metadata   json.RawMessage `json:"metadata"`
	CreatedAt  string          `json:"createdAt"`
	ReceivedAt string          `json:"receivedAt"`
}

type receipt struct {
	Accepted int      `json:"accepted"`
	Rejected []string `json:"rejected"`
	IDs      []string `json:"ids"`
}

type service struct {
	client *kgo.Client
	topic  string
}

const isoMilliseconds = "2006-01-02T15:04:05.000Z"

func (d *draft) check() error {
	if d.UserID == "" || len(d.UserID) > 128 {
		return errors.New("userId must have 1 to 128 characters")
	}
	if d.Type == "" || len(d.Type) > 64 {
		return errors.New("type must have 1 to 64 characters")
	}
	if len(d.Metadata) == 0 {
		d.Metadata = json.RawMessage("{}")
	} else if d.Metadata[0] != '{' {
		return errors.New("metadata must be an object")
	}
	return nil
}

func (s *service) record(d *draft, now time.Time) (*kgo.Record, string, error) {
	if err := d.check(); err != nil {
		return nil, "", err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, "", err
	}
	received := now.UTC().Format(isoMilliseconds)
	created := received
	if d.CreatedAt != nil {
		created = d.CreatedAt.UTC().Format(isoMilliseconds)
	}
	text := id.String()
	value, err := json.Marshal(activity{text, d.UserID, strings.ToUpper(d.Type), d.Metadata, created, received})
	if err != nil {
		return nil, "", err
	}
	return &kgo.Record{
		Topic:     s.topic,
		Key:       []byte(d.UserID),
		Value:     value,
		Timestamp: now,
		Headers: []kgo.RecordHeader{
			{Key: "ce_specversion", Value: []byte("1.0")},
			{Key: "ce_id", Value: []byte(text)},
			{Key: "ce_type", Value: []byte("user-activity.logged.v1")},
			{Key: "ce_source", Value: []byte("/user-activity")},
			{Key: "ce_time", Value: []byte(created)},
			{Key: "ce_subject", Value: []byte(d.UserID)},
			{Key: "content-type", Value: []byte("application/json")},
		},
	}, text, nil
}

// publish waits until each record is on the log or has failed, and returns the first error.
func (s *service) publish(ctx context.Context, records []*kgo.Record) error {
	var wait sync.WaitGroup
	var once sync.Once
	var failure error
	wait.Add(len(records))
	for _, record := range records {
		s.client.Produce(ctx, record, func(_ *kgo.Record, err error) {
			if err != nil {
				once.Do(func() { failure = err })
			}
			wait.Done()
		})
	}
	wait.Wait()
	return failure
}

func answer(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{}`)
	}
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	w.Write(text)
}

func refuse(w http.ResponseWriter, status int, err error) {
	answer(w, status, map[string]string{"detail": err.Error()})
}

func (s *service) postLog(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	var d draft
	if err := json.Unmarshal(body, &d); err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	record, id, err := s.record(&d, time.Now())
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, err)
		return
	}
	if err := s.publish(r.Context(), []*kgo.Record{record}); err != nil {
		refuse(w, http.StatusServiceUnavailable, err)
		return
	}
	w.Header().Set("Location", "/api/logs/"+id)
	answer(w, http.StatusAccepted, map[string]string{"id": id, "status": "accepted"})
}

func draftsIn(body []byte, isLines bool) ([]draft, error) {
	if !isLines {
		var drafts []draft
		return drafts, json.Unmarshal(body, &drafts)
	}
	var drafts []draft
	lines := bufio.NewScanner(bytes.NewReader(body))
	lines.Buffer(nil, maxBodyBytes)
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var d draft
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			return nil, err
		}
		drafts = append(drafts, d)
	}
	return drafts, lines.Err()
}

func (s *service) postBatch(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	drafts, err := draftsIn(body, strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-ndjson"))
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	now := time.Now()
	records := make([]*kgo.Record, 0, len(drafts))
	ids := make([]string, 0, len(drafts))
	for index := range drafts {
		record, id, err := s.record(&drafts[index], now)
		if err != nil {
			refuse(w, http.StatusUnprocessableEntity, err)
			return
		}
		records = append(records, record)
		ids = append(ids, id)
	}
	if err := s.publish(r.Context(), records); err != nil {
		refuse(w, http.StatusServiceUnavailable, err)
		return
	}
	answer(w, http.StatusAccepted, receipt{len(ids), []string{}, ids})
}

func run() error {
	topic := os.Getenv("KAFKA_TOPIC")
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(os.Getenv("KAFKA_BROKERS"), ",")...),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		// The service does not compress its batches either.
		kgo.ProducerBatchCompression(kgo.NoCompression()),
		// By default, franz-go waits 10 ms for more records before it sends a batch.
		kgo.ProducerLinger(0),
		kgo.MaxBufferedRecords(1_000_000),
	)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.Ping(context.Background()); err != nil {
		return err
	}
	s := &service{client, topic}
	routes := http.NewServeMux()
	routes.HandleFunc("POST /api/logs", s.postLog)
	routes.HandleFunc("POST /api/logs/batch", s.postBatch)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("ready at http://%s\n", listener.Addr())
	return http.Serve(listener, routes)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
